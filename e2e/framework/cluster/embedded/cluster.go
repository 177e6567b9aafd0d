package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"seatrial/e2e/framework/cluster"
)

// embeddedCluster is a cluster that was, or is about to be, handed over.
type embeddedCluster struct {
	provider *Provider
	name     string
	dir      string
	keep     bool
	features cluster.Features
	child    *process     // none if it was taken over
	release  func() error // of the name

	mu      sync.Mutex
	deleted bool
}

var _ cluster.Cluster = (*embeddedCluster)(nil)

func (c *embeddedCluster) Name() string { return c.name }

func (c *embeddedCluster) Kubeconfig() string { return filepath.Join(c.dir, kubeconfigFile) }

func (c *embeddedCluster) Features() cluster.Features { return c.features }

func (c *embeddedCluster) log() string { return filepath.Join(c.dir, logFile) }

// LoadImages has nothing to load: simulated nodes need no images. Archives that are not
// there are an error all the same, as they would be on any other cluster.
func (c *embeddedCluster) LoadImages(ctx context.Context, archives ...string) error {
	for _, archive := range archives {
		if ctx.Err() != nil {
			return fmt.Errorf("loading images into embedded cluster %q: %w", c.name, context.Cause(ctx))
		}
		if _, err := os.Stat(archive); err != nil {
			return fmt.Errorf("loading images into embedded cluster %q: %w", c.name, err)
		}
	}
	if err := c.running(); err != nil {
		return fmt.Errorf("loading images into embedded cluster %q: %w", c.name, err)
	}
	return nil
}

// running says why the control plane does not run any more, if it does not.
func (c *embeddedCluster) running() error {
	if c.child != nil {
		return c.child.ended()
	}
	found, err := holders(c.dir)
	if err == nil && len(found) == 0 {
		err = errEnded
	}
	return err
}

// Delete removes the cluster, kept or not, and everything made for it, as often as it is
// called. It takes a moment, and does its work although ctx may be over.
func (c *embeddedCluster) Delete(ctx context.Context) error {
	if err := c.delete(ctx); err != nil {
		return fmt.Errorf("deleting embedded cluster %q: %w", c.name, err)
	}
	return nil
}

func (c *embeddedCluster) delete(ctx context.Context) error {
	if c.keep {
		return c.deleteKept(ctx)
	}
	return c.end(ctx)
}

// ending is the time that the end of a process may take, whatever ctx says.
func ending(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(context.WithoutCancel(ctx), endTimeout, fmt.Errorf("not gone within %s", endTimeout))
}

// end kills the process and removes the folder. What it cannot do now it does when it is
// called again.
func (c *embeddedCluster) end(ctx context.Context) error {
	ctx, cancel := ending(ctx)
	defer cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.deleted {
		return nil
	}
	var stopped error
	if c.child != nil {
		stopped = c.child.stop(ctx)
	}
	removed := os.RemoveAll(c.dir)
	if err := errors.Join(stopped, removed); err != nil {
		return err
	}
	c.deleted = true
	return c.release()
}
