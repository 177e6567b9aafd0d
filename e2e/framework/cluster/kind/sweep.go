package kind

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Sweep removes the clusters of runs that are over, but for kept ones, and
// returns their names. A run that was killed leaves its name on the nodes, on
// their disks, or at least on a kubeconfig file.
func (p *Provider) Sweep(ctx context.Context) ([]string, error) {
	removed, err := p.sweepClusters(ctx)
	if err = errors.Join(err, p.sweepKept(ctx), p.removeNetwork(ctx)); err != nil {
		return removed, fmt.Errorf("sweeping kind clusters: %w", err)
	}
	return removed, nil
}

// sweepClusters does so without touching the network.
func (p *Provider) sweepClusters(ctx context.Context) ([]string, error) {
	stale, err := p.stale(ctx)
	var removed []string
	for _, name := range stale {
		if removeErr := errors.Join(
			p.removeNodes(ctx, name), p.removeVolumes(ctx, name), p.files.remove(name),
		); removeErr != nil {
			err = errors.Join(err, removeErr)
			continue
		}
		p.log.InfoContext(ctx, "removed what an earlier run left", "cluster", name)
		removed = append(removed, name)
	}
	return removed, err
}

// stale names the clusters of which something is left and whose run is over.
func (p *Provider) stale(ctx context.Context) ([]string, error) {
	nodes, nodesErr := listNodes(ctx, p.engine, "")
	volumes, volumesErr := p.volumes(ctx)
	files, filesErr := p.files.entries()

	dead := map[string]bool{}
	for _, n := range nodes {
		dead[n.cluster] = isDead(n.cluster)
	}
	for _, v := range volumes {
		dead[v.cluster] = isDead(v.cluster)
	}
	for _, f := range files {
		// A name that was chosen freely may meanwhile be that of somebody else's cluster.
		same := slices.DeleteFunc(slices.Clone(nodes), func(n node) bool { return n.cluster != f.cluster })
		if f.owned && f.owner.Dead() && onNetwork(same, p.network.name) {
			dead[f.cluster] = true
		}
	}
	maps.DeleteFunc(dead, func(_ string, over bool) bool { return !over })
	return slices.Sorted(maps.Keys(dead)), errors.Join(nodesErr, volumesErr, filesErr)
}

// isDead reports whether a cluster's name says that its run is over.
func isDead(name string) bool {
	id, ok := owner(name)
	return ok && id.Dead()
}

// sweepKept removes what is left of kept clusters whose nodes somebody removed
// with the engine's own command. One that is being made is locked, and waits for
// its turn.
func (p *Provider) sweepKept(ctx context.Context) error {
	volumes, volumesErr := p.volumes(ctx)
	files, filesErr := p.files.entries()
	names := map[string]bool{}
	for _, v := range volumes {
		names[v.cluster] = true
	}
	for _, f := range files {
		names[f.cluster] = true
	}

	errs := []error{volumesErr, filesErr}
	for name := range names {
		if strings.HasPrefix(name, keepPrefix) {
			errs = append(errs, p.sweepKeptOne(ctx, name))
		}
	}
	return errors.Join(errs...)
}

func (p *Provider) sweepKeptOne(ctx context.Context, name string) error {
	unlock, err := p.tryLock(name)
	if err != nil || unlock == nil {
		return err
	}
	nodes, err := listNodes(ctx, p.engine, name)
	if err == nil && len(nodes) == 0 {
		err = errors.Join(p.removeVolumes(ctx, name), p.files.remove(name))
	}
	return errors.Join(err, unlock())
}
