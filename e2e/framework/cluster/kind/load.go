package kind

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/kind/pkg/cluster/nodes"
	"sigs.k8s.io/kind/pkg/cluster/nodeutils"
	kindlog "sigs.k8s.io/kind/pkg/log"
)

const (
	// knownTimeout is how long Kubernetes' side of containerd may take to notice
	// an image that was loaded, and knownInterval how often it is asked.
	knownTimeout  = 20 * time.Second
	knownInterval = 100 * time.Millisecond
)

// LoadImages puts image archives into every node, all nodes at once, and
// returns when pods can use them. What a node holds already is skipped.
func (c *kindCluster) LoadImages(ctx context.Context, archives ...string) error {
	if len(archives) == 0 {
		return nil
	}
	if err := c.loadImages(ctx, archives); err != nil {
		return fmt.Errorf("loading images into kind cluster %q: %w", c.name, err)
	}
	return nil
}

func (c *kindCluster) loadImages(ctx context.Context, archives []string) error {
	saved := make(map[string][]savedImage, len(archives))
	for _, file := range archives {
		images, err := readArchive(file)
		if err != nil {
			return err
		}
		saved[file] = images
	}

	list, err := c.provider.library(kindlog.NoopLogger{}).ListNodes(c.name)
	if err != nil {
		return fmt.Errorf("listing nodes: %w", condense(err))
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, n := range list {
		group.Go(func() error { return c.loadNode(ctx, n, archives, saved) })
	}
	return group.Wait()
}

// loadNode loads what one node does not hold yet.
func (c *kindCluster) loadNode(ctx context.Context, n nodes.Node, archives []string, saved map[string][]savedImage) error {
	table, err := c.images(ctx, n)
	if err != nil {
		return err
	}
	for _, file := range archives {
		absent := func(image savedImage) bool { return !holds(table, image) }
		if !slices.ContainsFunc(saved[file], absent) {
			continue
		}
		c.say("loading %s into %s", filepath.Base(file), n)
		if err := loadArchive(ctx, n, file); err != nil {
			return fmt.Errorf("loading %q into %s: %w", file, n, err)
		}
		if err := c.awaitImages(ctx, n, saved[file]); err != nil {
			return fmt.Errorf("loading %q into %s: %w", file, n, err)
		}
	}
	return nil
}

// images lists the images of a node.
func (c *kindCluster) images(ctx context.Context, n nodes.Node) (map[string]string, error) {
	text, err := c.provider.engine.Run(ctx, "exec", n.String(), "ctr", "--namespace=k8s.io", "images", "ls")
	if err != nil {
		return nil, fmt.Errorf("listing images of %s: %w", n, condense(err))
	}
	return imageTable(text), nil
}

// awaitImages waits until kubelet can find the images: it hears of them after
// containerd has them.
func (c *kindCluster) awaitImages(ctx context.Context, n nodes.Node, images []savedImage) error {
	ctx, cancel := context.WithTimeoutCause(ctx, knownTimeout, fmt.Errorf("kubelet does not know it after %s", knownTimeout))
	defer cancel()
	ticker := time.NewTicker(knownInterval)
	defer ticker.Stop()
	for {
		table, err := c.images(ctx, n)
		if err == nil && !slices.ContainsFunc(images, func(image savedImage) bool { return !holds(table, image) }) {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), err)
		case <-ticker.C:
		}
	}
}

// loadArchive streams one archive into a node.
func loadArchive(ctx context.Context, n nodes.Node, file string) (err error) {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()

	if err := nodeutils.LoadImageArchive(n, cancellable(ctx, f)); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return condense(err)
	}
	return nil
}

// readerFunc is a reader made of a function.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// cancellable ends a stream when ctx does: kind gives no other way to stop a
// load, and an archive that breaks off is refused by the node.
func cancellable(ctx context.Context, r io.Reader) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		return r.Read(p)
	})
}
