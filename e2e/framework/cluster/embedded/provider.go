// Package embedded provides clusters that are one process on this machine: a real control
// plane with simulated nodes, ready in about a second and without any container engine.
//
// The process is a program of its own, because Kubernetes keeps global state and a crash
// there must be an error here. All that this package knows of it is how it is called,
// the line it prints when it is ready, and how it ends.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/filelock"
	"seatrial/e2e/framework/runid"
)

const (
	// readyTimeout bounds a creation unless the caller does: a hundred times what it
	// takes on a machine that has nothing else to do.
	readyTimeout = time.Minute
	// endTimeout bounds the end of a process that was killed.
	endTimeout = 20 * time.Second
	// evidenceTimeout bounds what is saved of a cluster that could not be made.
	evidenceTimeout = 10 * time.Second
)

// Options configures a provider.
type Options struct {
	// Binary is the program, as "make prepare" builds it.
	Binary string
	// Dir holds kept clusters, and what reserves the names of others; empty means a
	// folder of the user's cache.
	Dir string
	// Artifacts, when set, receives the log of a creation that failed, in a folder named
	// like the cluster.
	Artifacts string
	// Log receives what is no error; nil discards it.
	Log *slog.Logger
}

// Provider creates embedded clusters.
type Provider struct {
	options Options
}

var _ cluster.Provider = (*Provider)(nil)

// New returns a provider that runs the given program.
func New(o Options) (*Provider, error) {
	if o.Dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("finding a folder for kept clusters: %w", err)
		}
		o.Dir = filepath.Join(cache, "seatrial", "embedded")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Provider{options: o}, nil
}

// Name is the word a user selects the provider with.
func (p *Provider) Name() string { return "embedded" }

// Create hands over a ready cluster or leaves nothing behind. A kept cluster that is there
// already is taken over, if it still is what spec asks for.
func (p *Provider) Create(ctx context.Context, spec cluster.Spec) (cluster.Cluster, error) {
	o, err := newOrder(spec)
	if err != nil {
		return nil, fmt.Errorf("creating an embedded cluster: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.timeout, fmt.Errorf("not ready within %s", o.timeout))
	defer cancel()
	c, err := p.create(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("creating embedded cluster %q: %w", o.name, err)
	}
	return c, nil
}

func (p *Provider) create(ctx context.Context, o *order) (*embeddedCluster, error) {
	if err := p.checkBinary(); err != nil {
		return nil, err
	}
	if o.keep {
		return p.createKept(ctx, o)
	}
	release, err := p.reserve(o)
	if err != nil {
		return nil, err
	}
	dir, err := runid.TempDir("embedded")
	if err != nil {
		return nil, errors.Join(err, release())
	}
	if !o.chosen {
		o.name = filepath.Base(dir)
	}
	c := &embeddedCluster{provider: p, name: o.name, dir: dir, release: release}
	if err := p.build(ctx, o, c); err != nil {
		return nil, errors.Join(err, c.end(ctx))
	}
	return c, nil
}

func (p *Provider) checkBinary() error {
	about, err := os.Stat(p.options.Binary)
	if err != nil || !about.Mode().IsRegular() {
		return fmt.Errorf("the control plane %q is not there: run `make prepare`", p.options.Binary)
	}
	return nil
}

// reserve keeps a name that the caller has chosen for as long as the cluster is. Names
// that we make need none: their folder is the only one of that name.
func (p *Provider) reserve(o *order) (release func() error, err error) {
	if !o.chosen {
		return func() error { return nil }, nil
	}
	release, err = filelock.Try(filepath.Join(p.options.Dir, o.name+nameSuffix))
	if err == nil && release == nil {
		err = errors.New("the name is taken by a cluster that is there: choose another")
	}
	return release, err
}

// build starts a control plane in the folder of c and waits until it is ready.
func (p *Provider) build(ctx context.Context, o *order, c *embeddedCluster) error {
	start := time.Now()
	o.say("starting the embedded control plane")
	child, err := launch(ctx, p.options.Binary, c.dir, o)
	if err != nil {
		return err
	}
	c.child = child
	ready, err := child.awaitReady(ctx)
	if err != nil {
		return p.explain(ctx, c, err)
	}
	if err := checkVersion(p.options.Binary, ready.Kubernetes, o.kubernetes); err != nil {
		return err
	}
	if err := c.equip(ctx, o); err != nil {
		return err
	}
	o.say("ready after %.1f s: Kubernetes %s at %s", time.Since(start).Seconds(), ready.Kubernetes, ready.Server)
	return c.LoadImages(ctx, o.images...)
}

// checkVersion refuses a program that was built for another Kubernetes.
func checkVersion(binary, found, wanted string) error {
	if wanted == "" || found == wanted {
		return nil
	}
	return fmt.Errorf("the control plane %q is Kubernetes %s, not %s: it is from another version of the source: run `make prepare`",
		binary, found, wanted)
}

// equip gives a ready cluster what is ordered beyond what it has anyway.
func (c *embeddedCluster) equip(ctx context.Context, o *order) error {
	c.features = cluster.Features{Volumes: true, LoadBalancer: o.balanced}
	if !o.balanced {
		return nil
	}
	return c.balanceLoad(ctx)
}

// explain says more of a creation that failed than that it took too long. Whoever
// cancelled it does not want to know.
func (p *Provider) explain(ctx context.Context, c *embeddedCluster, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	if last := lastLine(c.log()); last != "" && !errors.Is(err, errEnded) {
		err = fmt.Errorf("%w: the last line of its log is %q", err, last)
	}
	if p.options.Artifacts == "" {
		return err
	}
	dir := filepath.Join(p.options.Artifacts, c.name)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), evidenceTimeout)
	defer cancel()
	if saveErr := c.saveLogs(ctx, dir); saveErr != nil {
		p.options.Log.WarnContext(ctx, "the log of a failed cluster is not saved", "cluster", c.name, "error", saveErr)
		return err
	}
	return fmt.Errorf("%w (its log is in %s)", err, dir)
}
