package kind

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"seatrial/e2e/framework/cluster"
)

var _ cluster.Keeper = (*Provider)(nil)

// Kept lists the kept clusters by their names, also those whose nodes are stopped.
func (p *Provider) Kept(ctx context.Context) ([]cluster.Kept, error) {
	nodes, err := listNodes(ctx, p.engine, "")
	if err != nil {
		return nil, fmt.Errorf("looking for kept kind clusters: %w", err)
	}
	return p.keptOf(nodes), nil
}

// keptOf makes clusters of nodes, which are in the order of their names.
func (p *Provider) keptOf(nodes []node) []cluster.Kept {
	var all []cluster.Kept
	at := map[string]int{}
	for _, n := range nodes {
		if !strings.HasPrefix(n.cluster, keepPrefix) {
			continue
		}
		i, seen := at[n.cluster]
		if !seen {
			i = len(all)
			at[n.cluster] = i
			all = append(all, p.described(n.cluster))
		}
		all[i].Nodes++
		if !n.running && all[i].State == cluster.Running {
			all[i].State = cluster.Stopped
		}
	}
	return all
}

// described is what the files say of a kept cluster. Its kubeconfig appears when it has a control plane.
func (p *Provider) described(name string) cluster.Kept {
	one := cluster.Kept{Name: name, Provider: p.Name(), State: cluster.Unfinished, Kubeconfig: filepath.Join(p.files.dir, name+kubeconfigSuffix)}
	if about, err := os.Stat(one.Kubeconfig); err == nil {
		one.State, one.Made = cluster.Running, about.ModTime()
	}
	return one
}

// Open hands over a kept cluster as it is.
func (p *Provider) Open(name string) cluster.Cluster {
	return &kindCluster{provider: p, name: name, kubeconfig: p.described(name).Kubeconfig, say: cluster.Spec{}.Say()}
}
