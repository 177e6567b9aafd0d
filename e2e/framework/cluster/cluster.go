// Package cluster says what the harness expects of a Kubernetes cluster and of
// whoever provides one; the providers live in the packages below it.
package cluster

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// DefaultReadyTimeout bounds [Provider.Create] when [Spec.ReadyTimeout] is zero; a
// provider may give up earlier.
const DefaultReadyTimeout = 5 * time.Minute

// RunLabel is on every namespace that a run makes on a cluster which it does not own;
// its value is the run's id. Only namespaces that have it are ever removed there.
const RunLabel = "seatrial.dev/run"

// Spec describes the cluster that a caller wants.
type Spec struct {
	// Name of the cluster. When empty, the provider makes one from the run id, or
	// from the wanted shape if the cluster is kept.
	Name string
	// Workers is the number of nodes besides the control plane.
	Workers int
	// NodeImage is the image of the nodes, where the provider has nodes of its own.
	NodeImage string
	// KubernetesVersion, when set, is the version the cluster must have, as in
	// v1.37.2.
	KubernetesVersion string
	// Images are archives in the format of docker save, loaded into every node.
	Images []string
	// Wants are features that the caller has a use for. A provider that can switch one on
	// does so, and others do not mind: what there is, the cluster's Features say.
	Wants Features
	// Keep lets the cluster outlive the run: a later Create of the same name
	// takes it over.
	Keep bool
	// ReadyTimeout bounds the whole creation; zero means [DefaultReadyTimeout].
	ReadyTimeout time.Duration
	// Progress receives one line per step and may be nil. Calls never overlap.
	Progress func(line string)
}

// Say makes a printf of Progress, whose calls never overlap.
func (s Spec) Say() func(format string, args ...any) {
	if s.Progress == nil {
		return func(string, ...any) {}
	}
	var mu sync.Mutex
	return func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		s.Progress(fmt.Sprintf(format, args...))
	}
}

// Cluster is a cluster that was ready when it was handed over.
type Cluster interface {
	// Name is unique on this machine.
	Name() string
	// Kubeconfig is the path of a file that gives full access to the cluster.
	Kubeconfig() string
	// Features says what workloads may rely on.
	Features() Features
	// LoadImages puts image archives into every node; images that a node holds
	// already are skipped.
	LoadImages(ctx context.Context, archives ...string) error
	// CollectLogs writes what explains a failure below dir.
	CollectLogs(ctx context.Context, dir string) error
	// Delete removes the cluster, kept or not, and everything made for it. It may
	// be called again, and it goes on past what it cannot remove.
	Delete(ctx context.Context) error
}

// Provider brings clusters up.
type Provider interface {
	// Name is the word a user selects the provider with.
	Name() string
	// Create hands over a ready cluster or leaves nothing behind.
	Create(ctx context.Context, spec Spec) (Cluster, error)
	// Sweep removes what runs that are over have left and returns the names.
	// Kept clusters stay.
	Sweep(ctx context.Context) (removed []string, err error)
}
