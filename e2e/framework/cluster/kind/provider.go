// Package kind provides clusters whose nodes are containers, through the kind
// library; it is the only package that knows kind.
//
// Kind is left the work of making nodes and running kubeadm. What this package
// adds is what a harness needs around it: creation that can be cancelled and
// leaves nothing when it fails, names that say whose a cluster is, readiness
// that was watched and not guessed, and clusters that survive a run and are
// taken over by the next.
package kind

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/engine"
)

const (
	// cleanupTimeout bounds the removal of a cluster.
	cleanupTimeout = 2 * time.Minute
	// evidenceTimeout bounds the collection of logs before that.
	evidenceTimeout = 30 * time.Second
)

// Options configures a provider.
type Options struct {
	// Dir holds the kubeconfig files; empty means a folder of the user's cache.
	Dir string
	// Artifacts, when set, receives the node logs of a creation that failed, in a
	// folder named like the cluster.
	Artifacts string
	// Log receives what kind itself says; nil discards it.
	Log *slog.Logger
}

// Provider creates kind clusters with one container engine.
type Provider struct {
	engine    *engine.Engine
	files     files
	artifacts string
	log       *slog.Logger
	network   network
	// creating counts the creations under way, which rely on the network.
	creating atomic.Int32
}

var _ cluster.Provider = (*Provider)(nil)

// New returns a provider that runs its nodes with the given engine. It changes
// the environment of this process, see [adopt].
func New(e *engine.Engine, opts Options) (*Provider, error) {
	if opts.Dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("finding a folder for kubeconfig files: %w", err)
		}
		opts.Dir = filepath.Join(cache, "seatrial", "kind")
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}

	net, err := adopt(e)
	if err != nil {
		return nil, fmt.Errorf("preparing kind for %s: %w", e.Name, err)
	}
	return &Provider{
		engine: e, files: files{dir: opts.Dir}, artifacts: opts.Artifacts, log: opts.Log, network: net,
	}, nil
}

// Name is the word a user selects the provider with.
func (p *Provider) Name() string { return "kind" }

// Create hands over a ready cluster or leaves nothing behind. A kept cluster
// that is there already is taken over, if it still is what spec asks for.
func (p *Provider) Create(ctx context.Context, spec cluster.Spec) (cluster.Cluster, error) {
	o, err := newOrder(spec)
	if err != nil {
		return nil, fmt.Errorf("creating a kind cluster: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.timeout, fmt.Errorf("not ready within %s", o.timeout))
	defer cancel()

	c, err := p.create(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("creating kind cluster %q: %w", o.name, err)
	}
	return c, nil
}

func (p *Provider) create(ctx context.Context, o *order) (*kindCluster, error) {
	held, err := p.claim(ctx, o)
	if err != nil {
		return nil, err
	}
	c, err := p.takeOverOrBuild(ctx, o)
	if err != nil {
		return nil, errors.Join(err, held.giveUp())
	}
	if err := held.handOver(); err != nil {
		p.log.WarnContext(ctx, "the lock of a kept cluster is left", "cluster", o.name, "error", err)
	}
	return c, nil
}

func (p *Provider) takeOverOrBuild(ctx context.Context, o *order) (*kindCluster, error) {
	image, err := p.nodeImage(ctx, o)
	if err != nil {
		return nil, err
	}
	if o.keep {
		if c, err := p.takeOver(ctx, o, image); c != nil || err != nil {
			return c, err
		}
	}

	c := &kindCluster{provider: p, name: o.name, kubeconfig: o.kubeconfig, say: o.say}
	err = p.build(ctx, o, c)
	if errors.Is(err, errTaken) {
		return nil, err // What has the name is not ours to remove.
	}
	if err != nil {
		return nil, errors.Join(err, p.discard(ctx, c))
	}
	return c, nil
}

// build makes a cluster from nothing.
func (p *Provider) build(ctx context.Context, o *order, c *kindCluster) error {
	p.creating.Add(1)
	defer p.creating.Add(-1)
	if _, err := p.sweepClusters(ctx); err != nil {
		p.log.WarnContext(ctx, "earlier runs left what could not be removed", "error", err)
	}
	if err := p.engine.PrepareHost(ctx); err != nil {
		return err
	}
	if err := p.ensureNetwork(ctx); err != nil {
		return err
	}
	if err := p.boot(ctx, o, c); err != nil {
		return err
	}
	// Nodes take images before they are ready.
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return c.becomeReady(ctx, o, time.Time{}) })
	group.Go(func() error { return c.LoadImages(ctx, o.images...) })
	return group.Wait()
}

// discard removes what there is of a cluster that could not be made, but for the
// evidence. It does its work although ctx may be over.
func (p *Provider) discard(ctx context.Context, c *kindCluster) error {
	p.keepEvidence(ctx, c)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	return p.remove(ctx, c.name)
}

// keepEvidence collects the logs of nodes that are about to be removed, once.
// Whoever cancels a creation does not want to know.
func (p *Provider) keepEvidence(ctx context.Context, c *kindCluster) {
	dir := filepath.Join(p.artifacts, c.name)
	if _, err := os.Stat(dir); p.artifacts == "" || err == nil || errors.Is(context.Cause(ctx), context.Canceled) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), evidenceTimeout)
	defer cancel()
	if err := c.CollectLogs(ctx, dir); err != nil {
		p.log.WarnContext(ctx, "the logs of a failed cluster are incomplete", "cluster", c.name, "error", err)
	}
}
