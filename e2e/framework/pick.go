package framework

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/cluster/embedded"
	"seatrial/e2e/framework/cluster/existing"
	"seatrial/e2e/framework/cluster/kind"
	"seatrial/e2e/framework/engine"
)

// picked is where the cluster comes from.
type picked struct {
	provider   cluster.Provider
	kubernetes string // the version it has to have; empty for any
	reason     string // why this provider
}

// asked is the reason for a provider that the user named.
const asked = "as asked for"

// pick finds the provider that the settings name. Auto is kind where an engine can run
// nodes and has their image, and else embedded.
func (o Options) pick(ctx context.Context, prepared assets.Assets, artifacts string) (picked, error) {
	switch o.Settings.Provider {
	case assets.Embedded:
		return o.embedded(prepared, artifacts, asked)
	case assets.Existing:
		provider, err := o.existing()
		return picked{provider: provider, kubernetes: o.Settings.Kubernetes, reason: asked}, err
	case assets.Kind:
		return o.kind(ctx, prepared, artifacts)
	}
	nodes, err := o.kind(ctx, prepared, artifacts)
	if absent, ok := errors.AsType[*noNodesError](err); ok {
		return o.embedded(prepared, artifacts, absent.reason)
	}
	return nodes, err
}

// Choose says which provider Open would take, and opens nothing.
func Choose(ctx context.Context, o Options) (provider string, err error) {
	prepared, err := assets.Load(o.Settings.Want)
	if err != nil {
		return "", err
	}
	from, err := o.pick(ctx, prepared, "")
	if err != nil {
		return "", err
	}
	return from.provider.Name(), nil
}

// noNodesError says why no nodes can be run here as containers.
type noNodesError struct {
	reason string // in few words
	remedy error  // at length
}

func (e *noNodesError) Error() string { return e.remedy.Error() }

func (e *noNodesError) Unwrap() error { return e.remedy }

func (o Options) kind(ctx context.Context, prepared assets.Assets, artifacts string) (picked, error) {
	if prepared.NodeImage == "" {
		return picked{}, &noNodesError{
			"no node image was prepared: " + prepared.WithoutNodes,
			fmt.Errorf("no node image was prepared: %s: run `make prepare PROVIDER=kind`", prepared.WithoutNodes),
		}
	}
	// The node image is in one engine's store: no other engine has it.
	found, err := assets.FindEngine(ctx, engine.Options{Want: prepared.Engine, Log: o.Log})
	if unusable, ok := errors.AsType[*engine.NotUsableError](err); ok {
		return picked{}, &noNodesError{unusable.Brief(), err}
	}
	if err != nil {
		return picked{}, err
	}
	if _, err := found.Run(ctx, "image", "inspect", "--format", "{{.Id}}", prepared.NodeImage); err != nil {
		if ctx.Err() != nil {
			return picked{}, err
		}
		gone := fmt.Sprintf("node image %q is not in %s's store", prepared.NodeImage, found.Name)
		return picked{}, &noNodesError{gone, fmt.Errorf("%s: run `make prepare`", gone)}
	}
	dir, err := clusters()
	if err != nil {
		return picked{}, err
	}
	provider, err := kind.New(found, kind.Options{Dir: dir, Artifacts: artifacts, Log: o.Log})
	return picked{
		provider: provider, kubernetes: prepared.Kubernetes,
		reason: found.Name + " " + found.Version + " can run nodes, and has their image",
	}, err
}

func (o Options) embedded(prepared assets.Assets, artifacts, reason string) (picked, error) {
	// The version of a node image is that of real nodes.
	if want := o.Settings.Kubernetes; want != "" && want != prepared.EmbeddedKubernetes && o.Settings.NodeImage == "" {
		return picked{}, fmt.Errorf("provider embedded runs Kubernetes %s, and %s is asked for: leave that out, or name a node image that has it and take provider kind",
			prepared.EmbeddedKubernetes, want)
	}
	dir, err := clusters()
	if err != nil {
		return picked{}, err
	}
	provider, err := embedded.New(embedded.Options{Binary: prepared.Embedded(), Dir: embeddedDir(dir), Artifacts: artifacts, Log: o.Log})
	return picked{provider: provider, kubernetes: prepared.EmbeddedKubernetes, reason: reason}, err
}

func (o Options) existing() (*existing.Provider, error) {
	return existing.New(existing.Options{
		Kubeconfig: o.Settings.Kubeconfig, Context: o.Settings.Context, AllowContext: o.Settings.AllowContext,
	})
}

// clusters is the folder for kubeconfig files and kept clusters.
func clusters() (string, error) {
	cache, err := assets.Cache()
	return filepath.Join(cache, "clusters"), err
}

// embeddedDir is apart from kind's files, which kind's provider takes for its own.
func embeddedDir(clusters string) string { return filepath.Join(clusters, assets.Embedded) }
