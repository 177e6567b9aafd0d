package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"seatrial/e2e/framework/cluster"
)

var _ cluster.Keeper = (*Provider)(nil)

// Kept lists the kept clusters by their names, also those whose process has ended.
func (p *Provider) Kept(ctx context.Context) ([]cluster.Kept, error) {
	entries, err := os.ReadDir(p.options.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for kept embedded clusters: %w", err)
	}
	var all []cluster.Kept
	for _, entry := range entries {
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), keepPrefix) {
			continue
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("looking for kept embedded clusters: %w", context.Cause(ctx))
		}
		one, err := p.describe(entry.Name())
		if err != nil {
			return nil, fmt.Errorf("looking at kept embedded cluster %q: %w", entry.Name(), err)
		}
		all = append(all, one)
	}
	return all, nil
}

func (p *Provider) describe(name string) (cluster.Kept, error) {
	dir, err := p.keptDir(name)
	if err != nil {
		return cluster.Kept{}, err
	}
	one := cluster.Kept{Name: name, Provider: p.Name(), State: cluster.Unfinished, Kubeconfig: filepath.Join(dir, kubeconfigFile)}
	about, err := os.Stat(filepath.Join(dir, recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return one, nil
	}
	if err != nil {
		return one, err
	}
	known, err := readRecord(dir)
	if err != nil {
		return one, err
	}
	running, err := holders(dir)
	one.Kubernetes, one.Nodes, one.Made, one.State = known.Kubernetes, known.Nodes, about.ModTime(), cluster.Stopped
	if len(running) > 0 {
		one.State = cluster.Running
	}
	return one, err
}

// Open hands over a kept cluster as it is.
func (p *Provider) Open(name string) cluster.Cluster {
	dir, err := p.keptDir(name)
	if err != nil {
		dir = filepath.Join(p.options.Dir, name)
	}
	return &embeddedCluster{provider: p, name: name, dir: dir, keep: true, release: func() error { return nil }}
}
