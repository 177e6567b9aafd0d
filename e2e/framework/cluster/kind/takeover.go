package kind

import (
	"context"
	"fmt"
	"time"

	kindlog "sigs.k8s.io/kind/pkg/log"

	"seatrial/e2e/framework/cluster"
)

const (
	// answerTimeout bounds the wait for a running cluster of an earlier run, and
	// wakeTimeout for one whose nodes had to be started. Neither is a reason to
	// fail: what does not answer in time is made anew.
	answerTimeout = 15 * time.Second
	wakeTimeout   = 90 * time.Second
)

// takeOver returns the kept cluster of an earlier run, or nothing if there is
// none that is still good. One that is not good is removed, and the reason told.
func (p *Provider) takeOver(ctx context.Context, o *order, image nodeImage) (*kindCluster, error) {
	nodes, err := listNodes(ctx, p.engine, o.name)
	if err != nil {
		return nil, err
	}
	if len(nodes) == 0 {
		return nil, p.remove(ctx, o.name) // Disks may be left of one that was removed by hand.
	}
	if !onNetwork(nodes, p.network.name) {
		return nil, taken(nodes)
	}

	c := &kindCluster{provider: p, name: o.name, kubeconfig: o.kubeconfig, say: o.say}
	reason := unlike(nodes, o, image)
	if reason == nil {
		reason = c.wake(ctx, o, nodes)
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("taking over the kept cluster: %w", context.Cause(ctx))
	}
	if reason != nil {
		o.say("kept cluster %s is made anew: %v", o.name, reason)
		return nil, p.remove(ctx, o.name)
	}
	if err := c.LoadImages(ctx, o.images...); err != nil {
		return nil, err
	}
	return c, nil
}

// unlike says why existing nodes are not what is ordered.
func unlike(nodes []node, o *order, image nodeImage) error {
	if !madeFrom(nodes, image, o.image) {
		return fmt.Errorf("it was made from another image than %s", o.image)
	}
	if len(nodes) != len(o.nodeNames()) {
		return fmt.Errorf("it has %d nodes instead of %d", len(nodes), len(o.nodeNames()))
	}
	return nil
}

// wake starts the nodes if they are stopped and waits until the cluster works.
func (c *kindCluster) wake(ctx context.Context, o *order, nodes []node) error {
	timeout := answerTimeout
	var since time.Time
	if names := stopped(nodes); len(names) > 0 {
		o.say("starting kept cluster %s again", o.name)
		since, timeout = time.Now(), wakeTimeout
		if _, err := c.provider.engine.Run(ctx, append([]string{"start"}, names...)...); err != nil {
			return fmt.Errorf("its nodes do not start: %w", condense(err))
		}
		// They have new addresses, and forgot what they had been told.
		if err := c.provider.introduce(ctx, o); err != nil {
			return err
		}
	} else {
		o.say("taking over kept cluster %s", o.name)
	}

	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("it was not ready within %s", timeout))
	defer cancel()
	if err := c.opens(ctx); err != nil {
		if err := c.writeKubeconfig(); err != nil {
			return err
		}
	}
	return c.becomeReady(ctx, o, since)
}

// opens reports whether the kubeconfig file leads to this cluster.
func (c *kindCluster) opens(ctx context.Context) error {
	client, err := cluster.Connect(c.kubeconfig)
	if err != nil {
		return err
	}
	defer client.Close()
	return answers(ctx, client)
}

// writeKubeconfig asks a node for the credentials.
func (c *kindCluster) writeKubeconfig() error {
	text, err := c.provider.library(kindlog.NoopLogger{}).KubeConfig(c.name, false)
	if err != nil {
		return fmt.Errorf("its credentials cannot be read: %w", condense(err))
	}
	return c.provider.files.write(c.name, text)
}
