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
	"seatrial/e2e/framework/cluster/kind"
	"seatrial/e2e/framework/engine"
)

// ownImages is what the full names of our images in an engine's store begin with.
const ownImages = "localhost/seatrial/"

// Clean removes everything that was ever made on this machine and can be made again:
// kept clusters, our images in the engine's store, and what is in the cache folder. It
// returns the names of what is gone.
func Clean(ctx context.Context, s Settings) ([]string, error) {
	cache, err := assets.Cache()
	if err != nil {
		return nil, err
	}
	removed, err := cleanEngine(ctx, s, cache)
	if err != nil {
		// The cache has the engine's settings, which containers that are left still need.
		return removed, err
	}
	emptied, err := emptyCache(cache)
	return append(removed, emptied...), err
}

// emptyCache removes what we have put there, and the folder if nothing else is in it: a
// user can name any folder, also one with other things in it.
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
	_ = os.Remove(cache) // Refused while it has anything else in it.
	return removed, err
}

// cached are the folders that commands and suites make in the cache folder.
func cached() []string { return []string{"clusters", "engine", "parts", "prepared"} }

func cleanEngine(ctx context.Context, s Settings, cache string) ([]string, error) {
	found, err := engine.Find(ctx, engine.Options{Want: s.Engine, Dir: filepath.Join(cache, "engine")})
	if _, unusable := errors.AsType[*engine.NotUsableError](err); unusable {
		return nil, nil // What no engine can run, no engine holds.
	}
	if err != nil {
		return nil, err
	}
	provider, err := kind.New(found, kind.Options{Dir: filepath.Join(cache, "clusters")})
	if err != nil {
		return nil, err
	}
	removed, err := provider.Clean(ctx)
	if err != nil {
		return removed, err
	}
	listed, err := found.Run(ctx, "images", "--format", "{{.Repository}}:{{.Tag}}")
	if err != nil {
		return removed, fmt.Errorf("listing images: %w", err)
	}
	for name := range strings.FieldsSeq(listed) {
		if !strings.HasPrefix(name, ownImages) {
			continue
		}
		if _, rmErr := found.Run(ctx, "rmi", name); rmErr != nil {
			err = errors.Join(err, fmt.Errorf("removing image %q: %w", name, rmErr))
			continue
		}
		removed = append(removed, name)
	}
	return removed, err
}
