// Package baseline remembers which objects a cluster has, and takes away what came after that.
package baseline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/objects"
)

const (
	// ClearTimeout is how long the objects of somebody may take to go.
	ClearTimeout = 2 * time.Minute
	// lookInterval is how often it is looked whether they are gone.
	lookInterval = 50 * time.Millisecond
	// atOnce is how many kinds are listed at a time.
	atOnce = 8
)

// Baseline is what a cluster had at a moment.
type Baseline struct {
	client *objects.Client
	had    map[types.UID]bool
}

// Take remembers what the cluster of a kubeconfig has. Close it after use.
func Take(ctx context.Context, kubeconfig string) (*Baseline, error) {
	config, err := cluster.LoadRESTConfig(kubeconfig)
	if err != nil {
		return nil, err
	}
	client, err := objects.Connect(ctx, config)
	if err != nil {
		return nil, err
	}
	b := &Baseline{client: client, had: map[types.UID]bool{}}
	all, err := b.list(ctx)
	if err != nil {
		client.Close()
		return nil, fmt.Errorf("remembering what the cluster has: %w", err)
	}
	for _, one := range all {
		b.had[one.uid] = true
	}
	return b, nil
}

// Close gives back what the baseline holds of the network.
func (b *Baseline) Close() { b.client.Close() }

// object is one that the cluster has.
type object struct {
	kind            objects.Kind
	namespace, name string
	uid             types.UID
	owner           types.UID // which controls it, and with which it goes; empty if none does
}

func (o object) String() string {
	return objects.Ref{Group: o.kind.Group, Kind: o.kind.Kind, Namespace: o.namespace, Name: o.name}.In("")
}

// list is everything that somebody may have made, of kinds that are served now.
func (b *Baseline) list(ctx context.Context) ([]object, error) {
	kinds := slices.DeleteFunc(b.client.Kinds(), func(k objects.Kind) bool { return kept(k.GroupKind()) })
	found := make([][]object, len(kinds))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, kind := range kinds {
		group.Go(func() (err error) {
			found[i], err = b.listKind(ctx, kind)
			return err
		})
	}
	err := group.Wait()
	return slices.Concat(found...), err
}

func (b *Baseline) listKind(ctx context.Context, kind objects.Kind) ([]object, error) {
	list, err := b.client.ResourceOf(kind.GVR(), "").List(ctx, metav1.ListOptions{})
	switch {
	case apierrors.IsNotFound(err), apierrors.IsMethodNotSupported(err), apierrors.IsServiceUnavailable(err):
		return nil, nil // Nobody serves it any more, or not yet.
	case err != nil:
		return nil, fmt.Errorf("listing %s: %w", kind.Resource, err)
	}
	var all []object
	for i := range list.Items {
		all = append(all, objectOf(kind, &list.Items[i]))
	}
	return all, nil
}

func objectOf(kind objects.Kind, u *unstructured.Unstructured) object {
	o := object{kind: kind, namespace: u.GetNamespace(), name: u.GetName(), uid: u.GetUID()}
	if owner := metav1.GetControllerOf(u); owner != nil {
		o.owner = owner.UID
	}
	return o
}

// kept tells whether a cluster makes objects of a kind by itself, and takes them away by itself.
func kept(kind schema.GroupKind) bool {
	return slices.Contains([]schema.GroupKind{
		{Kind: "Event"},
		{Group: "events.k8s.io", Kind: "Event"},
		{Group: "coordination.k8s.io", Kind: "Lease"},
		{Kind: "Endpoints"},
		{Group: "discovery.k8s.io", Kind: "EndpointSlice"},
		{Group: "networking.k8s.io", Kind: "IPAddress"},
		{Kind: "Node"},
		{Group: "storage.k8s.io", Kind: "CSINode"},
		{Group: "storage.k8s.io", Kind: "VolumeAttachment"},
		{Kind: "ComponentStatus"},
		{Group: "metrics.k8s.io", Kind: "PodMetrics"},
		{Group: "metrics.k8s.io", Kind: "NodeMetrics"},
	}, kind)
}
