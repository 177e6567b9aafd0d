package node

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/runid"
)

// Repository is the name of all node images that are made here, without their tags.
const Repository = "localhost/seatrial/node"

// What the names of build containers and of the images they start from begin with; a run
// id follows, so that what a killed run left can be told from what a living one uses.
const (
	buildPrefix = "seatrial-build-"
	basePrefix  = "localhost/seatrial/node-base:"
)

// keptImages is how many node images stay in the engine's store: two checkouts can take
// turns.
const keptImages = 2

// Sweep removes the build containers and half-made images of runs that are dead.
func Sweep(ctx context.Context, e *engine.Engine) error {
	listed, err := e.Run(ctx, "ps", "--all", "--filter", "name="+buildPrefix, "--format", "{{.Names}}")
	if err != nil {
		return fmt.Errorf("looking for containers of killed builds: %w", err)
	}
	for name := range strings.FieldsSeq(listed) {
		if id, parseErr := runid.Parse(strings.TrimPrefix(name, buildPrefix)); parseErr == nil && id.Dead() {
			err = errors.Join(err, removeContainer(ctx, e, name))
		}
	}
	return errors.Join(err, removeBases(ctx, e, runid.ID{}))
}

func removeContainer(ctx context.Context, e *engine.Engine, name string) error {
	// Nothing in it is worth a graceful end, for which engines wait ten seconds.
	_, _ = e.Run(ctx, "kill", name)
	if err := remove(ctx, e, "rm", "--force", "--volumes", name); err != nil {
		return fmt.Errorf("removing the build container %q: %w", name, err)
	}
	return nil
}

// remove calls the engine to remove something, which may be gone already.
func remove(ctx context.Context, e *engine.Engine, args ...string) error {
	_, err := e.Run(ctx, args...)
	if err != nil && absent().MatchString(err.Error()) {
		return nil
	}
	return err
}

// removeBases removes the images that builds start from: those of dead runs, and of own.
func removeBases(ctx context.Context, e *engine.Engine, own runid.ID) error {
	names, err := stored(ctx, e)
	for _, name := range names {
		id, parseErr := runid.Parse(strings.TrimPrefix(name, basePrefix))
		if parseErr != nil || id != own && !id.Dead() {
			continue
		}
		if rmErr := remove(ctx, e, "image", "rm", "--force", name); rmErr != nil {
			err = errors.Join(err, fmt.Errorf("removing the half-made image %q: %w", name, rmErr))
		}
	}
	return err
}

// stored lists the images in the engine's store by their full names.
func stored(ctx context.Context, e *engine.Engine) ([]string, error) {
	listed, err := e.Run(ctx, "images", "--format", "{{.Repository}}:{{.Tag}}")
	if err != nil {
		return nil, fmt.Errorf("listing the images of %s: %w", e.Name, err)
	}
	return strings.Fields(listed), nil
}

// prune removes the oldest node images from the engine's store, but never the one just
// made nor one that a container is made of, and what of our images has lost its name.
func prune(ctx context.Context, e *engine.Engine, made string) error {
	images, err := others(ctx, e, made)
	if err != nil {
		return err
	}
	for _, old := range images[min(keptImages-1, len(images)):] {
		// Without force, an engine refuses to remove an image that is in use.
		if rmErr := remove(ctx, e, "image", "rm", old); rmErr != nil && !inUse().MatchString(rmErr.Error()) {
			err = errors.Join(err, fmt.Errorf("removing the old node image %q: %w", old, rmErr))
		}
	}
	if _, pruneErr := e.Run(ctx, "image", "prune", "--force", "--filter", "label="+Label); pruneErr != nil {
		err = errors.Join(err, fmt.Errorf("removing node images without a name: %w", pruneErr))
	}
	return err
}

// others lists all node images but the one just made, the newest first.
func others(ctx context.Context, e *engine.Engine, made string) ([]string, error) {
	names, err := stored(ctx, e)
	if err != nil {
		return nil, err
	}
	created := map[string]time.Time{}
	for _, name := range names {
		if !strings.HasPrefix(name, Repository+":") || name == made {
			continue
		}
		answer, err := e.Run(ctx, "image", "inspect", "--format", "{{json .Created}}", name)
		if err != nil {
			continue // Somebody else has removed it meanwhile.
		}
		var at time.Time
		if err := json.Unmarshal([]byte(answer), &at); err != nil {
			return nil, fmt.Errorf("reading when the image %q was made: %w", name, err)
		}
		created[name] = at
	}
	return newestFirst(created), nil
}

func newestFirst(created map[string]time.Time) []string {
	return slices.SortedFunc(maps.Keys(created), func(a, b string) int {
		return cmp.Or(created[b].Compare(created[a]), cmp.Compare(a, b))
	})
}

// What engines say when there is nothing to remove, and when something must stay.
func absent() *regexp.Regexp {
	return regexp.MustCompile(`(?i)no such|not found|not known|does not exist`)
}
func inUse() *regexp.Regexp { return regexp.MustCompile(`(?i)in use|being used|is using|used by`) }
