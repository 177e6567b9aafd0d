package kind

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"seatrial/e2e/framework/filelock"
)

// busySuffix marks the file that is locked while a kept cluster is made or
// removed, so that two runs which want the same do not make it twice.
const busySuffix = ".busy"

// claim is the right to make the cluster of one name.
type claim struct {
	// handOver ends the claim when the cluster is there, giveUp when it is not.
	handOver func() error
	giveUp   func() error
}

// claim settles the name and the kubeconfig of an order.
func (p *Provider) claim(ctx context.Context, o *order) (*claim, error) {
	if o.workers > 0 && !p.engine.DNS {
		return nil, fmt.Errorf(
			"several nodes must find each other by name, which %s cannot offer here: install aardvark-dns or use one node",
			p.engine.Name)
	}
	if o.keep {
		return p.claimKept(ctx, o)
	}
	if o.chosen {
		return p.claimChosen(ctx, o)
	}
	for n := 1; ; n++ {
		o.name = o.numbered(n)
		c, err := p.claimChosen(ctx, o)
		if !errors.Is(err, errTaken) {
			return c, err
		}
	}
}

// errTaken says that a name cannot be had; the message comes with the wrapping.
var errTaken = errors.New("the name is taken")

// claimChosen takes exactly the name of the order.
func (p *Provider) claimChosen(ctx context.Context, o *order) (*claim, error) {
	o.kubeconfig = p.files.path(o)
	err := p.files.reserve(o)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%w: this run has a cluster of that name already, choose another", errTaken)
	}
	if err != nil {
		return nil, err
	}
	c := &claim{
		handOver: func() error { return nil }, // The kubeconfig is the claim, and the caller's now.
		giveUp:   func() error { return withoutMissing(os.Remove(o.kubeconfig)) },
	}

	nodes, err := listNodes(ctx, p.engine, o.name)
	if err == nil && len(nodes) > 0 {
		err = taken(nodes)
	}
	if err != nil {
		return nil, errors.Join(err, c.giveUp())
	}
	return c, nil
}

// claimKept waits until no other run makes or removes the same kept cluster.
func (p *Provider) claimKept(ctx context.Context, o *order) (*claim, error) {
	o.kubeconfig = p.files.path(o)
	unlock, err := p.lock(ctx, o.name, o.say)
	if err != nil {
		return nil, err
	}
	return &claim{handOver: unlock, giveUp: unlock}, nil
}

// lock keeps other runs away from a kept cluster.
func (p *Provider) lock(ctx context.Context, name string, say func(string, ...any)) (unlock func() error, err error) {
	if err := p.files.ensure(); err != nil {
		return nil, err
	}
	return filelock.Take(ctx, filepath.Join(p.files.dir, name+busySuffix), func() {
		say("waiting for another run that is at work on cluster %s", name)
	})
}

// taken explains which cluster has the name.
func taken(nodes []node) error {
	return fmt.Errorf("%w by a cluster with node %s on network %q: choose another name, or remove that cluster",
		errTaken, nodes[0].name, strings.Join(slices.Sorted(maps.Keys(nodes[0].addresses)), ", "))
}

// tryLock does not wait; it returns nothing when another run has the lock.
func (p *Provider) tryLock(name string) (unlock func() error, err error) {
	if err := p.files.ensure(); err != nil {
		return nil, err
	}
	return filelock.Try(filepath.Join(p.files.dir, name+busySuffix))
}

func withoutMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
