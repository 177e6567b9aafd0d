package framework

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/nearest"
)

// Kept lists the clusters on this machine that outlive runs, by provider and name. If the settings name a provider, only
// its.
func Kept(ctx context.Context, o Options) ([]cluster.Kept, error) {
	keepers, err := o.keepers(ctx)
	if err != nil {
		return nil, err
	}
	var all []cluster.Kept
	for _, keeper := range keepers {
		kept, listErr := keeper.Kept(ctx)
		all, err = append(all, kept...), errors.Join(err, listErr)
	}
	slices.SortFunc(all, func(a, b cluster.Kept) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Name, b.Name))
	})
	return all, err
}

// keepers are the providers that can have kept clusters here. Without a usable engine, kind has none.
func (o Options) keepers(ctx context.Context) ([]cluster.Keeper, error) {
	var all []cluster.Keeper
	if o.Settings.Provider != assets.Kind && o.Settings.Provider != assets.Existing {
		embedded, err := o.keeper()
		if err != nil {
			return nil, err
		}
		all = append(all, embedded)
	}
	if !o.Settings.NoNodes() {
		nodes, _, err := o.onEngine(ctx, o.storeEngine())
		if err != nil {
			return all, err
		}
		if nodes != nil {
			all = append(all, nodes)
		}
	}
	return all, nil
}

// storeEngine is the engine that earlier runs have used.
func (o Options) storeEngine() string {
	// When the sources have changed since, nothing is prepared, but clusters may be left.
	if prepared, err := assets.Load(o.Settings.Want); err == nil && prepared.Engine != "" {
		return prepared.Engine
	}
	return o.Settings.Engine
}

// OpenKept hands over the kept cluster of a name, or of none if there is only one. It is as it is: nothing is waited
// for, and its features are not known.
func OpenKept(ctx context.Context, o Options, name string) (cluster.Cluster, cluster.Kept, error) {
	keepers, err := o.keepers(ctx)
	if err != nil {
		return nil, cluster.Kept{}, err
	}
	var names []string
	opened := map[string]cluster.Cluster{}
	about := map[string]cluster.Kept{}
	for _, keeper := range keepers {
		kept, err := keeper.Kept(ctx)
		if err != nil {
			return nil, cluster.Kept{}, err
		}
		for _, one := range kept {
			names = append(names, one.Name)
			opened[one.Name], about[one.Name] = keeper.Open(one.Name), one
		}
	}
	chosen, err := chooseKept(name, names)
	return opened[chosen], about[chosen], err
}

// keptPrefix begins the names of all kept clusters.
const keptPrefix = "seatrial-keep-"

// keptPrefixes may be left out of a name.
func keptPrefixes() []string {
	return []string{"", keptPrefix, keptPrefix + "embedded-", "seatrial-"}
}

// chooseKept finds the cluster that a user means.
func chooseKept(name string, names []string) (string, error) {
	if len(names) == 0 {
		return "", errors.New("there is no kept cluster: `seatrial cluster create` makes one")
	}
	if name == "" && len(names) == 1 {
		return names[0], nil
	}
	if name == "" {
		return "", fmt.Errorf("there are several kept clusters: name one of %s", strings.Join(names, ", "))
	}
	for _, prefix := range keptPrefixes() {
		if slices.Contains(names, prefix+name) {
			return prefix + name, nil
		}
	}
	hint := "; there are " + strings.Join(names, ", ")
	if len(names) == 1 {
		hint = fmt.Sprintf("; there is only %q", names[0])
	}
	if near := nearest.Word(name, names); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return "", fmt.Errorf("there is no kept cluster %q%s", name, hint)
}

// KeptNames are the names of kept clusters as far as files tell them, for who must not wait for an engine.
func KeptNames() []string {
	dir, err := clusters()
	if err != nil {
		return nil
	}
	var names []string
	for _, pattern := range []string{filepath.Join(dir, keptPrefix+"*.kubeconfig"), filepath.Join(embeddedDir(dir), keptPrefix+"*", "kubeconfig")} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			continue // There is none with such a name.
		}
		for _, file := range found {
			name := strings.TrimSuffix(filepath.Base(file), ".kubeconfig")
			if name == "kubeconfig" {
				name = filepath.Base(filepath.Dir(file))
			}
			names = append(names, name)
		}
	}
	return names
}
