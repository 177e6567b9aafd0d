package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/image"
	"seatrial/e2e/framework/runid"
)

const (
	startTimeout   = 60 * time.Second       // for containerd in the build container
	startInterval  = 100 * time.Millisecond // between two questions whether it answers
	cleanupTimeout = 60 * time.Second       // for removing what the build made on its way
	logLines       = "20"                   // of containerd's, for when it fails
)

// Label says on an image which Kubernetes its nodes run.
const Label = "seatrial.dev/kubernetes-version"

// Assemble makes the image in the engine's store. What it needs on the way is removed,
// also when it fails or ctx ends.
func (in Inputs) Assemble(ctx context.Context) error {
	in.Engine = workingIn(in.Engine, in.Work)
	names, err := in.names(ctx)
	if err != nil {
		return err
	}
	in.tell("writing the control plane's images")
	archive, err := in.archive(names)
	if err != nil {
		return err
	}
	in.tell("writing the node's file system")
	base, err := in.base(ctx, names)
	if err != nil {
		return err
	}
	in.tell("loading it into %s", in.Engine.Name)
	defer in.clean(ctx, func(ctx context.Context) error { return removeBases(ctx, in.Engine, runid.Current()) })
	if err := in.load(ctx, base); err != nil {
		return err
	}
	if err := in.preload(ctx, archive, names.all()); err != nil {
		return err
	}
	in.clean(ctx, func(ctx context.Context) error { return prune(ctx, in.Engine, in.Name) })
	return nil
}

// workingIn is the engine with its own intermediate files in dir: one that is killed
// leaves them behind.
func workingIn(e *engine.Engine, dir string) *engine.Engine {
	inside := *e
	inside.Env = append(slices.Clone(e.Env), "TMPDIR="+dir)
	return &inside
}

func baseName() string { return basePrefix + runid.Current().String() }

func (in Inputs) base(ctx context.Context, names images) (string, error) {
	layers, err := in.layers(ctx, names)
	if err != nil {
		return "", err
	}
	built, err := image.Build(image.Spec{
		Layers:     layers,
		Entrypoint: []string{"/usr/local/bin/entrypoint", "/sbin/init"},
		Env:        environment(),
		StopSignal: "SIGRTMIN+3",
		Labels:     map[string]string{Label: in.Kubernetes},
	})
	if err != nil {
		return "", err
	}
	to := filepath.Join(in.Work, "base.tar")
	return to, image.WriteArchive(to, map[string]image.Image{baseName(): built})
}

// environment is what a node starts with. Kind's entry point looks up a name of Docker's
// first: where no name server answers, that would take the five seconds it allows.
func environment() []string {
	return []string{
		"container=docker", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"RES_OPTIONS=timeout:1 attempts:1",
	}
}

func (in Inputs) load(ctx context.Context, archive string) error {
	if _, err := in.Engine.Run(ctx, "load", "--quiet", "--input", archive); err != nil {
		return fmt.Errorf("loading the node's file system: %w", err)
	}
	return os.Remove(archive) // The engine has its own copy now: half a gigabyte less.
}

// preload runs containerd in a container of the base image, imports the images into its
// store and keeps the result as the node image.
func (in Inputs) preload(ctx context.Context, archive string, want []string) error {
	container := buildPrefix + runid.Current().String()
	defer in.clean(ctx, func(ctx context.Context) error { return removeContainer(ctx, in.Engine, container) })
	// The image's own stop signal is for systemd; containerd would not hear it.
	_, err := in.Engine.Run(ctx, "run", "--detach", "--name", container, "--privileged", "--network", "none", "--stop-signal", "SIGTERM",
		"--security-opt", "seccomp=unconfined", "--entrypoint", "/usr/local/bin/containerd", baseName())
	if err != nil {
		return fmt.Errorf("starting containerd to load images: %w", err)
	}
	if err := in.fill(ctx, container, archive, want); err != nil {
		return in.withLogs(ctx, container, err)
	}
	return in.commit(ctx, container)
}

// fill imports the images as soon as containerd answers.
func (in Inputs) fill(ctx context.Context, container, archive string, want []string) error {
	ctr := func(args ...string) []string {
		return append([]string{"exec", container, "ctr", "--namespace", "k8s.io"}, args...)
	}
	if err := in.await(ctx, container, ctr("version")); err != nil {
		return err
	}
	in.tell("importing the control plane's images")
	file, err := os.Open(archive)
	if err != nil {
		return fmt.Errorf("opening the images: %w", err)
	}
	defer func() { _ = file.Close() }()
	// Unpacking is left to the node: an overlay on the engine's overlay is not possible here.
	load := slices.Insert(ctr("images", "import", "--all-platforms", "--no-unpack", "-"), 1, "--interactive")
	if err := in.Engine.Stream(ctx, file, nil, load...); err != nil {
		return fmt.Errorf("importing the control plane's images: %w", err)
	}
	return in.check(ctx, ctr("images", "ls", "--quiet"), want)
}

// withLogs adds what containerd has said, which is gone with its container.
func (in Inputs) withLogs(ctx context.Context, container string, cause error) error {
	if ctx.Err() != nil {
		return cause // Nobody waits for more.
	}
	cmd := in.Engine.Command(ctx, "logs", "--tail", logLines, container)
	said, err := cmd.CombinedOutput()
	if err != nil {
		return cause
	}
	return fmt.Errorf("%w\ncontainerd said:\n%s", cause, bytes.TrimSpace(said))
}

func (in Inputs) commit(ctx context.Context, container string) error {
	in.tell("keeping the result as %s", in.Name)
	// containerd closes its database on SIGTERM; the image must not hold a half-written one.
	if _, err := in.Engine.Run(ctx, "stop", "--time", "20", container); err != nil {
		return fmt.Errorf("stopping containerd: %w", err)
	}
	_, err := in.Engine.Run(ctx, "commit", "--change", `ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]`,
		"--change", "STOPSIGNAL SIGRTMIN+3", container, in.Name)
	if err != nil {
		return fmt.Errorf("keeping the node image %q: %w", in.Name, err)
	}
	return nil
}

// await asks until containerd answers, or its container has ended.
func (in Inputs) await(ctx context.Context, container string, question []string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		_, err := in.Engine.Run(ctx, question...)
		if err == nil {
			return nil
		}
		running, inspectErr := in.Engine.Run(ctx, "container", "inspect", "--format", "{{.State.Running}}", container)
		if inspectErr == nil && running != "true" {
			return errors.New("containerd has ended in the build container")
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for containerd in the build container: %w", errors.Join(context.Cause(ctx), err))
		case <-time.After(startInterval):
		}
	}
}

func (in Inputs) check(ctx context.Context, list, want []string) error {
	listed, err := in.Engine.Run(ctx, list...)
	if err != nil {
		return fmt.Errorf("listing the imported images: %w", err)
	}
	have := strings.Fields(listed)
	for _, full := range want {
		if !slices.Contains(have, full) {
			return fmt.Errorf("the image %q did not arrive in the node's store, which has %s", full, strings.Join(have, ", "))
		}
	}
	return nil
}

// clean removes something, whatever became of the build. What cannot be removed is told
// but no reason to fail: the next build tries again.
func (in Inputs) clean(ctx context.Context, remove func(ctx context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	if err := remove(ctx); err != nil {
		in.tell("cleaning up: %v", err)
	}
}
