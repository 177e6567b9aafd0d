// Package assets finds what "make prepare" has made for this source tree: the embedded
// control plane, the node image, the workshop's images, and the real helm and kubectl. A
// suite that does not find them ends at once with the one command that makes them.
package assets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"seatrial/e2e/framework/engine"
)

// Assets says what is there. All paths are absolute.
type Assets struct {
	// Kubernetes is the version of the nodes, as v1.37.2. It is empty for a node image
	// that the user named: its version shows when a node runs.
	Kubernetes string `json:"kubernetes"`
	// EmbeddedKubernetes is the version of the embedded control plane.
	EmbeddedKubernetes string `json:"embeddedKubernetes"`
	// Engine is the container engine whose store has the node image.
	Engine string `json:"engine"`
	// NodeImage is the full name of the node image. It is empty where there is none.
	NodeImage string `json:"nodeImage"`
	// WithoutNodes says why there is no node image.
	WithoutNodes string `json:"withoutNodes,omitempty"`
	// Images are archives of the images that the guestbook chart runs on real nodes.
	Images []string `json:"images"`
	// Bin is a folder with the embedded control plane, helm and kubectl, and with
	// redis-server and redis-cli where they could be had.
	Bin string `json:"bin"`
}

// Embedded is the embedded control plane.
func (a Assets) Embedded() string { return filepath.Join(a.Bin, "embedded") }

// Helm is the real helm v3 command.
func (a Assets) Helm() string { return filepath.Join(a.Bin, "helm") }

// Kubectl is the real kubectl command.
func (a Assets) Kubectl() string { return filepath.Join(a.Bin, "kubectl") }

// RedisServer is Debian's redis-server, for tests that talk to Redis without a cluster. It
// may be missing where no node image was prepared.
func (a Assets) RedisServer() string { return filepath.Join(a.Bin, "redis-server") }

// ErrNotPrepared means that "make prepare" did not run for this source tree and these
// settings, or that something it made is gone.
var ErrNotPrepared = errors.New("nothing is prepared for this source tree: run `make prepare`")

// Load reads what was prepared for the source tree that the working directory is in.
// Outside of any source tree, it is what was prepared last.
func Load(w Want) (Assets, error) {
	root, err := Root()
	if errors.Is(err, ErrNoSourceTree) {
		return newest(w)
	}
	if err != nil {
		return Assets{}, err
	}
	records, err := w.records(root)
	if err != nil {
		return Assets{}, err
	}
	for _, at := range records {
		prepared, err := read(at)
		if !errors.Is(err, fs.ErrNotExist) {
			return prepared, err
		}
	}
	return Assets{}, ErrNotPrepared
}

func read(at string) (Assets, error) {
	content, err := os.ReadFile(at)
	if err != nil {
		return Assets{}, fmt.Errorf("reading what was prepared: %w", err)
	}
	var assets Assets
	if err := json.Unmarshal(content, &assets); err != nil {
		return Assets{}, fmt.Errorf("reading what was prepared in %q: %w: run `make prepare` again", at, err)
	}
	return assets, assets.check()
}

// check sees that the files are still there; the node image is the engine's to find.
func (a Assets) check() error {
	needed := append([]string{a.Embedded(), a.Helm(), a.Kubectl()}, a.Images...)
	if a.NodeImage != "" {
		needed = append(needed, a.RedisServer())
	}
	for _, name := range needed {
		if _, err := os.Stat(name); err != nil {
			return fmt.Errorf("%w (%q is gone)", ErrNotPrepared, name)
		}
	}
	return nil
}

// Save records what was prepared, in one step.
func (a Assets) Save(w Want) error {
	sources, err := SourcesHash()
	if err != nil {
		return err
	}
	return a.SaveFor(sources, w)
}

// SaveFor is Save for what was made from the sources of a hash, wherever these are.
func (a Assets) SaveFor(sources string, w Want) error {
	records, err := w.recordsOf(sources)
	if err != nil {
		return err
	}
	if err := a.write(records[0]); err != nil {
		return fmt.Errorf("recording what was prepared: %w", err)
	}
	return nil
}

func (a Assets) write(at string) error {
	content, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(at), 0o750); err != nil {
		return err
	}
	draft := at + ".unfinished"
	err = os.WriteFile(draft, append(content, '\n'), 0o600)
	if err == nil {
		err = os.Rename(draft, at)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(draft))
	}
	return nil
}

// Cache is the folder for everything that can be made again: $SEATRIAL_CACHE, or
// "seatrial" in the user's cache folder.
func Cache() (string, error) {
	if dir := os.Getenv("SEATRIAL_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding a cache folder: %w: set HOME or SEATRIAL_CACHE", err)
	}
	return filepath.Join(dir, "seatrial"), nil
}

// BuildLock is the file in a cache folder that is locked while anybody makes, or removes,
// what is there.
func BuildLock(cache string) string { return filepath.Join(cache, "parts.lock") }

// FindEngine finds the container engine to use, with its settings in the cache folder
// unless the options name another one.
func FindEngine(ctx context.Context, o engine.Options) (*engine.Engine, error) {
	if o.Dir == "" {
		cache, err := Cache()
		if err != nil {
			return nil, err
		}
		o.Dir = filepath.Join(cache, "engine")
	}
	return engine.Find(ctx, o)
}

// ErrNoSourceTree means that the working directory is not in a source tree of seatrial.
var ErrNoSourceTree = errors.New("finding the source tree: no go.mod of module seatrial in this folder or above it")

// Root is the top of the source tree that the working directory is in, or
// [ErrNoSourceTree].
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the source tree: %w", err)
	}
	// Other modules are nested in this one, so their go.mod is not the end of the search.
	module := regexp.MustCompile(`(?m)^module[ \t]+seatrial[ \t\r]*(//.*)?$`)
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && module.Match(mod) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", ErrNoSourceTree
		}
		dir = filepath.Dir(dir)
	}
}
