package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/runid"
	"seatrial/tools/nodeimage/internal/node"
)

// workPrefix begins the names of folders for half-made node images.
const workPrefix = "node-work-"

// nodeImage assembles the image unless the engine's store has it for the same inputs.
func (b *builder) nodeImage(ctx context.Context, made results) (string, error) {
	kind, err := b.kindFiles(ctx)
	if err != nil {
		return "", err
	}
	sources, err := assets.Hash(b.root, "tools/nodeimage/internal/node", "tools/nodeimage/internal/rootfs", "e2e/framework/image")
	if err != nil {
		return "", err
	}
	hash := assets.Join(sources, filepath.Base(made.programs), filepath.Base(made.system), filepath.Base(made.redis), kindVersion(kind))
	name := node.Repository + ":" + b.kubernetes + "-" + hash
	if _, err := b.engine.Run(ctx, "image", "inspect", "--format", "{{.Id}}", name); err == nil {
		b.tell.PlanPhases(-1)
		return name, nil
	}
	work, err := os.MkdirTemp(b.cache, workPrefix)
	if err != nil {
		return "", fmt.Errorf("making a folder for the node image: %w", err)
	}
	const phase = "node image"
	doing := func(what string) { b.tell.Doing(report.Doing{Phase: phase, What: what}) }
	inputs := node.Inputs{
		Kubernetes: b.kubernetes, Binaries: made.programs, KindFiles: kind, Work: work, Name: name, Engine: b.engine,
		RootFS:   filepath.Join(made.system, "root.tar"),
		BusyBox:  filepath.Join(made.redis, "root.tar"),
		Progress: doing,
	}
	return name, b.tell.Try(phase, func() error {
		doing("assembling " + name)
		return errors.Join(inputs.Assemble(ctx), os.RemoveAll(work))
	})
}

// sweep removes what killed builds left: their folders, and what they made in the engine.
func (b *builder) sweep(ctx context.Context) error {
	_, err := runid.SweepTemp()
	entries, readErr := os.ReadDir(b.cache)
	err = errors.Join(err, readErr)
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), workPrefix) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(b.cache, entry.Name())))
		}
	}
	if b.engine == nil {
		return err
	}
	return errors.Join(err, node.Sweep(ctx, b.engine))
}

// kindFiles is where the kind module keeps the files of its nodes. They are read at
// build time from the module that go.mod pins, so that none of them is copied here.
func (b *builder) kindFiles(ctx context.Context) (string, error) {
	if _, err := b.goCommand(ctx, "mod", "download", "-json", "sigs.k8s.io/kind"); err != nil {
		return "", fmt.Errorf("downloading the kind module: %w", err)
	}
	dir, err := b.goCommand(ctx, "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kind")
	if err != nil {
		return "", fmt.Errorf("finding the kind module: %w", err)
	}
	return filepath.Join(dir, "images", "base", "files"), nil
}

func (b *builder) goCommand(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = b.root
	said, err := cmd.Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		// With -json, the cause is on standard output.
		return "", fmt.Errorf("%w\n%s%s", err, said, failed.Stderr)
	}
	return strings.TrimSpace(string(said)), err
}

// kindVersion is the module's folder name, kind@v0.33.0: the rest of the path is this machine's.
func kindVersion(files string) string {
	const below = 3 // images/base/files
	for range below {
		files = filepath.Dir(files)
	}
	return filepath.Base(files)
}
