package cluster

import (
	"context"
	"time"
)

// State says how a kept cluster is.
type State string

// The states. What is Unfinished was not ready when its maker ended, or is being made at this moment.
const (
	Running    State = "running"
	Stopped    State = "stopped"
	Unfinished State = "unfinished"
)

// Kept is a cluster that outlives runs.
type Kept struct {
	Name     string `json:"name"`
	Provider string `json:"provider"`
	State    State  `json:"state"`
	// Kubernetes is its version, or empty if only the cluster itself knows it.
	Kubernetes string `json:"kubernetes,omitempty"`
	Nodes      int    `json:"nodes"`
	// Made is when it was.
	Made time.Time `json:"made,omitzero"`
	// Kubeconfig is a file that gives full access to it.
	Kubeconfig string `json:"kubeconfig"`
}

// Keeper is a provider whose clusters can be kept.
type Keeper interface {
	// Kept lists the kept clusters that are there, by their names.
	Kept(ctx context.Context) ([]Kept, error)
	// Open hands over a kept cluster as it is, ready or not, to delete it or to look at it. Its features are not
	// known. A name that nothing has is no error here: there is nothing to delete then.
	Open(name string) Cluster
}
