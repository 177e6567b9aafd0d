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
	"seatrial/e2e/framework/runid"
)

// Options say what Open brings up.
type Options struct {
	Settings Settings
	Suite    string // a word for names and folders: workshop, harness, demo
	Name     string // of the cluster; empty for one that is made up
	Workers  int    // nodes besides the control plane
	// Simulated is how many nodes there are besides the control plane where nodes are simulated and cost nothing, if that
	// is more than Workers.
	Simulated int
	Images    *[]string        // archives to load into the nodes; nil for those of the workshop
	Wants     cluster.Features // what to switch on if the provider can; see cluster.Spec
	Progress  func(line string)
	Log       *slog.Logger // what the libraries say; nil discards it
}

// Environment is a cluster that is ready to be worked on.
type Environment struct {
	Cluster    cluster.Cluster
	Provider   cluster.Provider
	Kubernetes string // the version that the cluster has, as v1.37.2
	Assets     assets.Assets
	Artifacts  string // this suite's folder for evidence; made when something is written
	Why        string // why this provider was taken

	keep bool
}

// Handle is what other processes need to use an environment that one of them has opened.
// It can be sent as JSON.
type Handle struct {
	Provider   string           `json:"provider"`
	Cluster    string           `json:"cluster"`
	Kubernetes string           `json:"kubernetes"`
	Kubeconfig string           `json:"kubeconfig"`
	Features   cluster.Features `json:"features"`
	Assets     assets.Assets    `json:"assets"`
	Artifacts  string           `json:"artifacts"`
	Why        string           `json:"why,omitempty"`
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
	artifacts, err := o.Settings.ArtifactsOf(o.Suite)
	if err != nil {
		return nil, err
	}
	from, err := o.pick(ctx, prepared, artifacts)
	if err != nil {
		return nil, err
	}
	o.say("provider " + from.provider.Name() + ": " + from.reason)
	up, err := from.provider.Create(ctx, o.spec(prepared, from))
	if err != nil {
		return nil, err
	}
	e := &Environment{Cluster: up, Provider: from.provider, Assets: prepared, Artifacts: artifacts, Why: from.reason, keep: o.Settings.Keep}
	if e.Kubernetes, err = version(ctx, up); err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), CloseTimeout)
		defer cancel()
		return nil, errors.Join(err, e.Close(ctx))
	}
	return e, nil
}

func (o Options) say(line string) {
	if o.Progress != nil {
		o.Progress(line)
	}
}

// spec is the cluster to make.
func (o Options) spec(prepared assets.Assets, from picked) cluster.Spec {
	images := prepared.Images
	if o.Images != nil {
		images = *o.Images
	}
	workers := o.Workers
	if from.provider.Name() == assets.Embedded {
		workers = max(workers, o.Simulated)
	}
	return cluster.Spec{
		Name:              o.Name,
		Workers:           workers,
		NodeImage:         prepared.NodeImage,
		KubernetesVersion: from.kubernetes,
		Images:            images,
		Wants:             o.Wants,
		Keep:              o.Settings.Keep,
		Progress:          o.Progress,
	}
}

// version asks the cluster: of an image or a cluster of the user's, nobody else knows.
func version(ctx context.Context, up cluster.Cluster) (string, error) {
	client, err := cluster.Connect(up.Kubeconfig())
	if err != nil {
		return "", err
	}
	defer client.Close()
	return client.Version(ctx)
}

// Handle describes the environment for other processes.
func (e *Environment) Handle() Handle {
	return Handle{
		Provider: e.Provider.Name(), Cluster: e.Cluster.Name(), Kubernetes: e.Kubernetes, Kubeconfig: e.Cluster.Kubeconfig(),
		Features: e.Cluster.Features(), Assets: e.Assets, Artifacts: e.Artifacts, Why: e.Why,
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
