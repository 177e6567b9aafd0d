package framework

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/filelock"
)

// ownImages is what the full names of our images in an engine's store begin with.
const ownImages = "localhost/seatrial/"

// Clean removes everything that was ever made on this machine and can be made again:
// kept clusters, our images in the engine's store, and what is in the cache folder. It
// waits for a build that is under way, and returns the names of what is gone.
func Clean(ctx context.Context, o Options) (removed []string, err error) {
	cache, err := assets.Cache()
	if err != nil {
		return nil, err
	}
	lock := assets.BuildLock(cache)
	release, err := filelock.Take(ctx, lock, func() { o.say("waiting for a build to end (" + lock + ")") })
	if err != nil {
		return nil, err
	}
	removed, err = clean(ctx, o, cache)
	err = errors.Join(err, release())
	_ = os.Remove(cache) // Refused while it has anything else in it.
	return removed, err
}

func clean(ctx context.Context, o Options, cache string) ([]string, error) {
	kept, err := cleanEmbedded(ctx, o)
	if err != nil {
		return kept, err
	}
	removed, err := cleanEngine(ctx, o)
	removed = append(kept, removed...)
	if err != nil {
		// The cache has the engine's settings, which containers that are left still need.
		return removed, err
	}
	emptied, err := emptyCache(cache)
	return append(removed, emptied...), err
}

// emptyCache removes what we have put there: a user can name any folder, also one with
// other things in it.
func emptyCache(cache string) ([]string, error) {
	entries, err := os.ReadDir(cache)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking into the cache folder: %w", err)
	}
	var removed []string
	for _, entry := range entries {
		name := entry.Name()
		if !slices.Contains(cached(), name) && !strings.HasPrefix(name, "node-work-") {
			continue
		}
		at := filepath.Join(cache, name)
		if rmErr := os.RemoveAll(at); rmErr != nil {
			err = errors.Join(err, fmt.Errorf("emptying the cache folder: %w", rmErr))
			continue
		}
		removed = append(removed, at)
	}
	return removed, err
}

// cached are the folders that commands and suites make in the cache folder.
func cached() []string { return []string{"clusters", "engine", "parts", "prepared"} }

func cleanEmbedded(ctx context.Context, o Options) ([]string, error) {
	provider, err := o.keeper()
	if err != nil {
		return nil, err
	}
	return provider.Clean(ctx)
}

func cleanEngine(ctx context.Context, o Options) ([]string, error) {
	provider, found, err := o.onEngine(ctx, o.Settings.Engine)
	if provider == nil || err != nil {
		return nil, err
	}
	removed, err := provider.Clean(ctx)
	if err != nil {
		return removed, err
	}
	images, err := removeImages(ctx, found, ownImages)
	return append(removed, images...), err
}

// runner is the part of an engine that lists and removes.
type runner interface {
	Run(ctx context.Context, args ...string) (stdout string, err error)
}

// removeImages removes the images whose full names begin so, and returns the names. It goes on
// past those that the engine keeps, such as one of a container that still runs.
func removeImages(ctx context.Context, on runner, prefix string) (removed []string, err error) {
	listed, err := on.Run(ctx, "images", "--format", "{{.Repository}}:{{.Tag}}")
	if err != nil {
		return nil, fmt.Errorf("listing images: %w", err)
	}
	for name := range strings.FieldsSeq(listed) {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		if _, rmErr := on.Run(ctx, "rmi", name); rmErr != nil {
			err = errors.Join(err, fmt.Errorf("removing image %q: %w", name, rmErr))
			continue
		}
		removed = append(removed, name)
	}
	return removed, err
}
