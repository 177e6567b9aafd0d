// Package framework brings up what a suite or a command works on: a ready cluster with
// the workshop's images, and the folder for evidence. It puts the packages below it
// together and knows no scenario.
package framework

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/cluster/kind"
	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/runid"
)

// Options say what Open brings up.
type Options struct {
	Settings Settings
	Suite    string    // a word for names and folders: workshop, harness, demo
	Workers  int       // nodes besides the control plane
	Images   *[]string // archives to load into the nodes; nil for those of the workshop
	Progress func(line string)
	Log      *slog.Logger // what the libraries say; nil discards it
}

// Environment is a cluster that is ready to be worked on.
type Environment struct {
	Cluster   cluster.Cluster
	Provider  cluster.Provider
	Assets    assets.Assets
	Artifacts string // this suite's folder for evidence; made when something is written

	keep bool
}

// Handle is what other processes need to use an environment that one of them has opened.
// It can be sent as JSON.
type Handle struct {
	Provider   string           `json:"provider"`
	Cluster    string           `json:"cluster"`
	Kubeconfig string           `json:"kubeconfig"`
	Features   cluster.Features `json:"features"`
	Assets     assets.Assets    `json:"assets"`
	Artifacts  string           `json:"artifacts"`
}

// Open brings up a cluster as the settings say, with the prepared images in its nodes.
// What dead runs have left on this machine is removed first. On an error, nothing of
// this run is left.
func Open(ctx context.Context, o Options) (*Environment, error) {
	prepared, err := assets.Load(o.Settings.Want)
	if err != nil {
		return nil, err
	}
	if _, err := runid.SweepTemp(); err != nil {
		return nil, fmt.Errorf("removing what dead runs left: %w", err)
	}
	// The node image is in one engine's store: no other engine has it.
	provider, err := o.provider(ctx, prepared.Engine)
	if err != nil {
		return nil, err
	}
	artifacts, err := o.Settings.ArtifactsOf(o.Suite)
	if err != nil {
		return nil, err
	}
	images := prepared.Images
	if o.Images != nil {
		images = *o.Images
	}
	spec := cluster.Spec{
		Workers:           o.Workers,
		NodeImage:         prepared.NodeImage,
		KubernetesVersion: prepared.Kubernetes,
		Images:            images,
		Keep:              o.Settings.Keep,
		Progress:          o.Progress,
	}
	up, err := provider.Create(ctx, spec)
	if err != nil {
		return nil, err
	}
	return &Environment{Cluster: up, Provider: provider, Assets: prepared, Artifacts: artifacts, keep: o.Settings.Keep}, nil
}

func (o Options) provider(ctx context.Context, engineName string) (cluster.Provider, error) {
	cache, err := assets.Cache()
	if err != nil {
		return nil, err
	}
	found, err := engine.Find(ctx, engine.Options{Want: engineName, Dir: filepath.Join(cache, "engine"), Log: o.Log})
	if err != nil {
		return nil, err
	}
	return kind.New(found, kind.Options{Dir: filepath.Join(cache, "clusters"), Log: o.Log})
}

// Sweep removes what dead runs have left on this machine, and returns the names. What
// living runs use, and kept clusters, stay.
func Sweep(ctx context.Context, o Options) ([]string, error) {
	removed, err := runid.SweepTemp()
	engineName := o.Settings.Engine
	// When the sources have changed since, nothing is prepared, but clusters may be left.
	if prepared, loadErr := assets.Load(o.Settings.Want); loadErr == nil {
		engineName = prepared.Engine
	}
	provider, providerErr := o.provider(ctx, engineName)
	if _, unusable := errors.AsType[*engine.NotUsableError](providerErr); unusable {
		return removed, err // What no engine can run, no engine holds.
	}
	if providerErr != nil {
		return removed, errors.Join(err, providerErr)
	}
	clusters, sweepErr := provider.Sweep(ctx)
	return append(removed, clusters...), errors.Join(err, sweepErr)
}

// Handle describes the environment for other processes.
func (e *Environment) Handle() Handle {
	return Handle{
		Provider: e.Provider.Name(), Cluster: e.Cluster.Name(), Kubeconfig: e.Cluster.Kubeconfig(),
		Features: e.Cluster.Features(), Assets: e.Assets, Artifacts: e.Artifacts,
	}
}

// Evidence writes the logs of the cluster itself, for when a suite has failed.
func (e *Environment) Evidence(ctx context.Context) error {
	return e.Cluster.CollectLogs(ctx, filepath.Join(e.Artifacts, "cluster"))
}

// Close removes the cluster, unless it is to be kept.
func (e *Environment) Close(ctx context.Context) error {
	if e.keep {
		return nil
	}
	return e.Cluster.Delete(ctx)
}
