package kind

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
	kindcluster "sigs.k8s.io/kind/pkg/cluster"
)

const (
	// bootAttempts covers what goes wrong when runs get in each other's way: a
	// port or the network that was free a moment ago.
	bootAttempts = 3

	// stopInterval is how often nodes are removed from under a creation that was
	// cancelled, and stopTimeout how long it may take to notice.
	stopInterval = 300 * time.Millisecond
	stopTimeout  = time.Minute
)

// boot lets kind make the nodes and run kubeadm.
func (p *Provider) boot(ctx context.Context, o *order, c *kindCluster) error {
	config, err := renderConfig(o, p.engine.Host)
	if err != nil {
		return err
	}

	for attempt := 1; ; attempt++ {
		err := p.bootOnce(ctx, o, c, config.DeepCopy())
		if err == nil || ctx.Err() != nil || !isCollision(err) || attempt == bootAttempts {
			return err
		}
		o.say("something was in the way, trying again: %v", err)
		if err := errors.Join(p.removeNodes(ctx, o.name), p.removeVolumes(ctx, o.name), p.ensureNetwork(ctx)); err != nil {
			return err
		}
	}
}

func (p *Provider) bootOnce(ctx context.Context, o *order, c *kindCluster, config *v1alpha4.Cluster) error {
	status := newStatus(p.log, o.say)
	working, stop := context.WithCancel(ctx)
	defer stop()
	var ahead sync.WaitGroup
	var aheadErr, namesErr error
	if o.inside != "" { // With another maker's image, kind knows best.
		ahead.Go(func() { aheadErr = p.headStart(working, o, status.kubeadm) })
	}
	ahead.Go(func() {
		select {
		case <-status.kubeadm:
			namesErr = p.introduce(working, o)
		case <-working.Done():
		}
	})
	done := make(chan error, 1)
	go func() {
		done <- p.library(status).Create(
			o.name,
			kindcluster.CreateWithV1Alpha4Config(config),
			kindcluster.CreateWithKubeconfigPath(o.kubeconfig),
			// We remove the nodes ourselves: kind drops the error, and the logs with them.
			kindcluster.CreateWithRetain(true),
		)
	}()

	select {
	case err := <-done:
		if err != nil {
			// Of several nodes, kind reports the first failure and leaves the others
			// in the making.
			stop()
			ahead.Wait()
			return errors.Join(explain(status.current(), err), p.settle(ctx, o))
		}
		ahead.Wait()
		return errors.Join(aheadErr, namesErr)
	case <-ctx.Done():
		ahead.Wait()
		p.keepEvidence(ctx, c)
		stopErr := p.stop(context.WithoutCancel(ctx), o, done)
		return errors.Join(fmt.Errorf("%s: %w", status.current(), context.Cause(ctx)), stopErr)
	}
}

// stop makes a creation end that cannot be cancelled: without its nodes, every
// further step of it fails.
func (p *Provider) stop(ctx context.Context, o *order, done <-chan error) error {
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	ticker := time.NewTicker(stopInterval)
	defer ticker.Stop()

	for {
		// Nodes that cannot be removed now are tried again, and reported by the
		// clean-up that follows.
		if err := p.removeNodes(ctx, o.name); err != nil {
			p.log.DebugContext(ctx, "a node is not removed yet", "cluster", o.name, "error", err)
		}
		select {
		case err := <-done:
			p.log.DebugContext(ctx, "kind has stopped", "cluster", o.name, "error", err)
			return p.settle(ctx, o)
		case <-ctx.Done():
			return fmt.Errorf("stopping kind: still at work on %q after %s", o.name, stopTimeout)
		case <-ticker.C:
		}
	}
}

// settle waits until no process of ours works on the cluster any more. After a
// failure of several nodes, kind may still be starting the rest.
func (p *Provider) settle(ctx context.Context, o *order) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	ticker := time.NewTicker(stopInterval)
	defer ticker.Stop()

	for quiet := 0; quiet < 2; {
		busy, err := childrenNaming(o.nodeNames())
		if err != nil {
			return fmt.Errorf("waiting for the engine to finish with %q: %w", o.name, err)
		}
		quiet++
		if len(busy) > 0 {
			quiet = 0
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the engine to finish with %q: still running after %s: %q", o.name, stopTimeout, busy)
		case <-ticker.C:
		}
	}
	return nil
}
