package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"seatrial/e2e/framework/image"
	"seatrial/e2e/framework/runid"
)

const (
	startTimeout   = 60 * time.Second       // for containerd in the build container
	startInterval  = 100 * time.Millisecond // between two questions whether it answers
	cleanupTimeout = 60 * time.Second       // for removing the build container
)

// Label says on an image which Kubernetes its nodes run.
const Label = "seatrial.dev/kubernetes-version"

// Assemble makes the image in the engine's store. What it needs on the way is removed,
// also when it fails or ctx ends.
func (in Inputs) Assemble(ctx context.Context) error {
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
	if err := in.load(ctx, base); err != nil {
		return err
	}
	defer in.discard(ctx, "image", "rm", "--force", in.baseName())
	return in.preload(ctx, archive, names.all())
}

func (in Inputs) baseName() string { return in.Name + "-base" }

func (in Inputs) base(ctx context.Context, names images) (string, error) {
	layers, err := in.layers(ctx, names)
	if err != nil {
		return "", err
	}
	built, err := image.Build(image.Spec{
		Layers:     layers,
		Entrypoint: []string{"/usr/local/bin/entrypoint", "/sbin/init"},
		Env:        []string{"container=docker", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
		StopSignal: "SIGRTMIN+3",
		Labels:     map[string]string{Label: in.Kubernetes},
	})
	if err != nil {
		return "", err
	}
	to := filepath.Join(in.Work, "base.tar")
	return to, image.WriteArchive(to, map[string]image.Image{in.baseName(): built})
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
	defer in.discard(ctx, "rm", "--force", "--volumes", container)
	_, err := in.Engine.Run(ctx, "run", "--detach", "--name", container, "--privileged", "--network", "none",
		"--security-opt", "seccomp=unconfined", "--entrypoint", "/usr/local/bin/containerd", in.baseName())
	if err != nil {
		return fmt.Errorf("starting containerd to load images: %w", err)
	}
	ctr := func(args ...string) []string {
		return append([]string{"exec", container, "ctr", "--namespace", "k8s.io"}, args...)
	}
	if err := in.await(ctx, ctr("version")); err != nil {
		return err
	}
	in.tell("importing the control plane's images")
	file, err := os.Open(archive)
	if err != nil {
		return fmt.Errorf("opening the images: %w", err)
	}
	defer file.Close()
	// Unpacking is left to the node: an overlay on the engine's overlay is not possible here.
	load := slices.Insert(ctr("images", "import", "--all-platforms", "--no-unpack", "-"), 1, "--interactive")
	if err := in.Engine.Stream(ctx, file, nil, load...); err != nil {
		return fmt.Errorf("importing the control plane's images: %w", err)
	}
	if err := in.check(ctx, ctr("images", "ls", "--quiet"), want); err != nil {
		return err
	}
	return in.commit(ctx, container)
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

// await asks until containerd answers.
func (in Inputs) await(ctx context.Context, question []string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		_, err := in.Engine.Run(ctx, question...)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for containerd in the build container: %w", errors.Join(ctx.Err(), err))
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

// discard removes something of the build, whatever became of it.
func (in Inputs) discard(ctx context.Context, args ...string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	if _, err := in.Engine.Run(ctx, args...); err != nil {
		in.tell("cleaning up: %v", err)
	}
}
