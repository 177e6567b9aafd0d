// Package clustertest is the contract that every provider of clusters keeps, as named
// checks that a suite turns into specs.
//
// They are in an order: most look at one cluster that the suite has made and handed over,
// the first of them at once, and the last one deletes it.
package clustertest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"seatrial/e2e/framework/cluster"
)

// Subject is a provider under test.
type Subject struct {
	Provider cluster.Provider
	// Spec is what to make. Nothing in it names the cluster.
	Spec cluster.Spec
	// Cluster was just made by the provider, and is for the checks alone.
	Cluster cluster.Cluster
	// Shared says that the provider hands over the same cluster each time.
	Shared bool
	// Remains lists what there is of all clusters that this run has made with the
	// provider: containers, processes, folders.
	Remains func(ctx context.Context) ([]string, error)
	// Program is in the images of Spec.
	Program Program
	// CancelAfter are moments at which a creation is cancelled, after its first line of
	// progress. The first line itself always is one.
	CancelAfter []time.Duration
}

// Program is what a container runs that shall prove that it runs.
type Program struct {
	Image   string
	Command []string
	Prints  string // part of its log
}

// Check is one sentence of the contract.
type Check struct {
	Name string
	// Makes says that the check is about making clusters, which a provider that only
	// shares one cannot do.
	Makes bool
	// Run returns what is not as the contract says.
	Run func(ctx context.Context, s Subject) error
}

// SharedContract is every check for a provider that makes no clusters, but hands over the same one each time.
func SharedContract() []Check {
	return slices.DeleteFunc(Contract(), func(c Check) bool { return c.Makes })
}

// Contract is every check, in the order to run them.
func Contract() []Check {
	return []Check{
		{Name: "is ready when it is handed over", Run: ready},
		{Name: "runs pods in the default namespace at once", Run: acceptsPods},
		{Name: "has a kubeconfig that nobody else can read, for this cluster only", Run: private},
		{Name: "runs containers if it says so, and else not", Run: containers},
		{Name: "binds claims if it says so, and else not", Run: volumes},
		{Name: "gives load balancers an address if it says so, and else not", Run: loadBalancer},
		{Name: "has its logs collected", Run: collectsLogs},
		{Name: "finds archives missing that are", Run: missesArchives},
		{Name: "has the version that is wanted, or is not made", Run: refusesVersion},
		{Name: "does not meet another one", Run: apart},
		{Name: "does not give its name away", Makes: true, Run: named},
		{Name: "leaves nothing when its creation is cancelled", Run: cancelled},
		{Name: "is not swept while its run is alive", Run: survivesSweep},
		{Name: "is deleted as often as one likes, and leaves nothing", Run: deleted},
	}
}

// create makes another cluster than the one of the subject.
func (s Subject) create(ctx context.Context) (cluster.Cluster, error) {
	made, err := s.Provider.Create(ctx, s.Spec)
	if err != nil {
		return nil, fmt.Errorf("making another cluster: %w", err)
	}
	return made, nil
}

// added is what is there now and was not before.
func (s Subject) added(ctx context.Context, before []string) ([]string, error) {
	now, err := s.Remains(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for what is left: %w", err)
	}
	return slices.DeleteFunc(now, func(name string) bool { return slices.Contains(before, name) }), nil
}
