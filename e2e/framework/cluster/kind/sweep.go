package kind

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Sweep removes the clusters of runs that are over, but for kept ones, and
// returns their names. A run that was killed leaves its name on the nodes, on
// their disks, or at least on a kubeconfig file.
func (p *Provider) Sweep(ctx context.Context) ([]string, error) {
	removed, err := p.sweepClusters(ctx)
	if err = errors.Join(err, p.removeNetwork(ctx)); err != nil {
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

	found := map[string]bool{}
	for _, n := range nodes {
		found[n.cluster] = isDead(n.cluster)
	}
	for _, v := range volumes {
		found[v.cluster] = isDead(v.cluster)
	}
	for _, f := range files {
		// A name that was chosen freely may meanwhile be that of somebody else's cluster.
		same := slices.DeleteFunc(slices.Clone(nodes), func(n node) bool { return n.cluster != f.cluster })
		if f.owned && f.owner.Dead() && onNetwork(same, p.network.name) {
			found[f.cluster] = true
		}
	}
	maps.DeleteFunc(found, func(_ string, dead bool) bool { return !dead })
	return slices.Sorted(maps.Keys(found)), errors.Join(nodesErr, volumesErr, filesErr)
}

// isDead reports whether a cluster's name says that its run is over.
func isDead(name string) bool {
	id, ok := owner(name)
	return ok && id.Dead()
}
