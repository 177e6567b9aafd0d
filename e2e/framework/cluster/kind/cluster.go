package kind

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"seatrial/e2e/framework/cluster"
)

// kindCluster is a cluster that was, or is about to be, handed over.
type kindCluster struct {
	provider   *Provider
	name       string
	kubeconfig string
	features   cluster.Features
	say        func(format string, args ...any)
	// collecting counts collections of logs that were cancelled and end with the
	// nodes.
	collecting sync.WaitGroup
}

var _ cluster.Cluster = (*kindCluster)(nil)

func (c *kindCluster) Name() string { return c.name }

func (c *kindCluster) Kubeconfig() string { return c.kubeconfig }

func (c *kindCluster) Features() cluster.Features { return c.features }

// CollectLogs lets kind write the logs of every node below dir.
func (c *kindCluster) CollectLogs(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("collecting logs of kind cluster %q: %w", c.name, err)
	}
	done := make(chan error, 1)
	c.collecting.Go(func() {
		done <- c.provider.library(newStatus(c.provider.log, c.say)).CollectLogs(c.name, dir)
	})
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("collecting logs of kind cluster %q: %w", c.name, condense(err))
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("collecting logs of kind cluster %q: %w", c.name, context.Cause(ctx))
	}
}

// Delete removes the cluster and everything made for it, as often as it is called.
func (c *kindCluster) Delete(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, cleanupTimeout, fmt.Errorf("not gone within %s", cleanupTimeout))
	defer cancel()
	if err := c.delete(ctx); err != nil {
		return fmt.Errorf("deleting kind cluster %q: %w", c.name, err)
	}
	// Without nodes, nothing is left to collect.
	c.collecting.Wait()
	return nil
}

// delete waits its turn if the cluster is a kept one, which another run may want
// at this moment.
func (c *kindCluster) delete(ctx context.Context) error {
	if !strings.HasPrefix(c.name, keepPrefix) {
		return c.provider.remove(ctx, c.name)
	}
	unlock, err := c.provider.lock(ctx, c.name, c.say)
	if err != nil {
		return err
	}
	return errors.Join(c.provider.remove(ctx, c.name), unlock())
}
