package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// The names of the engines that kind can use.
const (
	podman  = "podman"
	docker  = "docker"
	nerdctl = "nerdctl"
)

// Auto as [Options.Want] takes the first engine that works.
const Auto = "auto"

// Names lists the engines in the order in which they are tried.
func Names() []string { return []string{podman, docker, nerdctl} }

// Options say what to find.
type Options struct {
	// Want is the name of the one engine to accept; Auto or nothing accepts any.
	Want string
	// Dir is a folder of our own for the settings file and remembered proofs, e.g. the cache. It is made if missing,
	// and must stay while there are containers: podman reads the settings again when a container ends.
	Dir string
	// Log is told what happens; nil keeps silent.
	Log *slog.Logger
}

// Find tries the engines in order and returns the first that can run a node. The error is a [*NotUsableError] if none
// can. A proof is remembered in the folder until the machine or the engine changes.
func Find(ctx context.Context, o Options) (*Engine, error) {
	names := Names()
	if o.Want != "" && o.Want != Auto {
		if !slices.Contains(names, o.Want) {
			return nil, fmt.Errorf("unknown container engine %q: want %s or one of %q", o.Want, Auto, names)
		}
		names = []string{o.Want}
	}
	f, err := newFinder(o)
	if err != nil {
		return nil, err
	}
	return f.find(ctx, names)
}

// finder holds what is the same for all engines.
type finder struct {
	dir    string
	frozen bool // what is in dir is read, and never written
	host   Host
	parts  parts
	image  *probeImage
	log    *slog.Logger
}

// newFinder looks at the machine and prepares the folder.
func newFinder(o Options) (*finder, error) {
	if o.Dir == "" {
		return nil, errors.New("finding a container engine: no folder for its settings is given")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("finding a container engine: %w", err)
	}
	//nolint:gosec // The folder is for everybody to read; nothing in it is secret.
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("creating the folder of the container engine: %w", err)
	}
	host, err := thisHost()
	if err != nil {
		return nil, fmt.Errorf("looking at this machine: %w", err)
	}
	image, err := newProbeImage(runtime.GOARCH)
	if err != nil {
		return nil, err
	}
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &finder{dir: dir, host: host, parts: findParts(), image: image, log: log}, nil
}

// find tries these engines in order.
func (f *finder) find(ctx context.Context, names []string) (*Engine, error) {
	unusable := &NotUsableError{Host: f.host}
	for _, name := range names {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("finding a container engine: %w", context.Cause(ctx))
		}
		engine, err := f.try(ctx, name)
		if err == nil {
			return engine, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("finding a container engine: probing %q: %w", name, err)
		}
		rejection := reject(name, err)
		f.log.DebugContext(ctx, "rejecting a container engine", "engine", name, "cause", rejection.Cause)
		unusable.Rejections = append(unusable.Rejections, rejection)
	}
	return nil, unusable
}

// try proves one engine, or recalls that it has been proven.
func (f *finder) try(ctx context.Context, name string) (*Engine, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, errNotInstalled
	}
	e := &Engine{Name: name, Path: path, Host: f.host}
	if f.recall(ctx, e) {
		f.log.DebugContext(ctx, "recalling a proven container engine", "engine", name, "version", e.Version)
		return e, nil
	}
	e = &Engine{Name: name, Path: path, Host: f.host}
	if e.Version, err = version(ctx, e); err != nil {
		return nil, err
	}
	if err := f.configure(e); err != nil {
		return nil, err
	}
	f.announce(ctx, e)
	p := &probe{engine: e, image: f.image, log: f.log}
	if err := p.run(ctx); err != nil {
		return nil, err
	}
	if err := f.remember(e); err != nil {
		f.log.WarnContext(ctx, "the next start will probe again", "error", err)
	}
	f.log.InfoContext(ctx, "found a container engine", "engine", name, "version", e.Version, "host", e.Host.String())
	return e, nil
}

// version asks an engine for its version.
func version(ctx context.Context, e *Engine) (string, error) {
	text, err := e.Run(ctx, "--version")
	if err != nil {
		return "", err
	}
	found := regexp.MustCompile(`\d+(\.\d+)+[^\s,]*`).FindString(text)
	if found == "" || !strings.Contains(strings.ToLower(text), e.Name) {
		return "", &RunError{Command: e.pasteable([]string{"--version"}), Err: fmt.Errorf("it says %q of itself", text)}
	}
	return found, nil
}
