package crash

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/regression"
	"seatrial/e2e/framework/runid"
	"seatrial/e2e/framework/wait"
)

const (
	// closeTimeout is for taking away all that a crash has left.
	closeTimeout = 2 * time.Minute
	// namespacePrefix begins the names of namespaces; the cluster ends them.
	namespacePrefix = "crash-"
)

// room is the namespace of one crash.
type room struct {
	sweep     *sweep
	place     regression.Place
	api       *objects.Client
	namespace string
	helm      *helm.Client
	own       bool // the connection is the room's, because the cluster is
}

func (s *sweep) openRoom(ctx context.Context, place regression.Place) (*room, error) {
	r := &room{sweep: s, place: place, api: s.api}
	if place.Kubeconfig != s.Place.Kubeconfig {
		config, err := cluster.LoadRESTConfig(place.Kubeconfig)
		if err != nil {
			return nil, err
		}
		if r.api, err = objects.Connect(ctx, config); err != nil {
			return nil, err
		}
		r.own = true
	}
	if err := r.settleIn(ctx); err != nil {
		return nil, errors.Join(err, r.close(ctx))
	}
	return r, nil
}

func (r *room) settleIn(ctx context.Context) error {
	namespace := namespaceNamed("")
	namespace.SetGenerateName(namespacePrefix)
	namespace.SetLabels(map[string]string{cluster.RunLabel: runid.Current().String()})
	made, err := r.api.ResourceOf(corev1.SchemeGroupVersion.WithResource("namespaces"), "").Create(ctx, namespace, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("making a namespace for a crash: %w", err)
	}
	r.namespace = made.GetName()
	if err := r.standIn(ctx); err != nil {
		return err
	}
	r.helm, err = helm.New(helm.Options{Kubeconfig: r.place.Kubeconfig, Namespace: r.namespace, Timeout: r.sweep.Timeout})
	if err != nil {
		return err
	}
	// Values that are given again must not be mixed with those of the revision before.
	r.helm = r.helm.With(helm.OperationOptions{ResetValues: true})
	return nil
}

// standIn makes what a program of the chart would have to make, where none runs.
func (r *room) standIn(ctx context.Context) error {
	if r.place.Features.Containers {
		return nil
	}
	for _, one := range r.sweep.standIns {
		if _, err := one.Make(ctx, r.api, r.namespace); err != nil {
			return err
		}
	}
	return nil
}

// close takes away what the crash has left, also when ctx is over. In a cluster that is discarded an empty namespace may
// stay: to remove one takes the cluster longer than all else here.
func (r *room) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	if r.own { // The whole cluster goes.
		r.api.Close()
		return nil
	}
	if r.namespace == "" {
		return nil
	}
	err := r.clear(ctx)
	if !r.place.Discarded {
		namespace := namespaceNamed(r.namespace)
		err = errors.Join(err, r.remove(ctx, namespace), wait.ReadyWith(ctx, r.api, wait.Request{
			Gone: []*unstructured.Unstructured{namespace}, Timeout: closeTimeout,
		}))
	}
	if err != nil {
		return fmt.Errorf("clearing away namespace %q: %w", r.namespace, err)
	}
	return nil
}

func namespaceNamed(name string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
	u.SetName(name)
	return u
}

// clear deletes every object that any of the revisions has. Those outside of the namespace must be gone before the next
// crash makes them.
func (r *room) clear(ctx context.Context) error {
	all := unite(r.sweep.manifests[second], r.sweep.manifests[first])
	for _, u := range all {
		if err := r.remove(ctx, u); err != nil {
			return err
		}
	}
	if !r.sweep.wide {
		return nil
	}
	return wait.ReadyWith(ctx, r.api, wait.Request{Namespace: r.namespace, Gone: all, Timeout: closeTimeout})
}

// remove deletes an object and, in the background, what it owns.
func (r *room) remove(ctx context.Context, u *unstructured.Unstructured) error {
	placed, mapping, err := r.api.Place(u, r.namespace)
	if meta.IsNoMatchError(err) {
		return nil // Nobody serves its kind, so that there is none.
	}
	if err != nil {
		return err
	}
	background := metav1.DeletePropagationBackground
	err = r.api.Resource(mapping, placed.GetNamespace()).Delete(ctx, placed.GetName(), metav1.DeleteOptions{PropagationPolicy: &background})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("removing %s: %w", objects.RefOf(placed), err)
	}
	return nil
}

// get reads the live object of a manifest, or nil if there is none.
func (r *room) get(ctx context.Context, u *unstructured.Unstructured) (live, placed *unstructured.Unstructured, err error) {
	placed, mapping, err := r.api.Place(u, r.namespace)
	if meta.IsNoMatchError(err) {
		return nil, u, nil
	}
	if err != nil {
		return nil, u, err
	}
	live, err = r.api.Resource(mapping, placed.GetNamespace()).Get(ctx, placed.GetName(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, placed, nil
	}
	if err != nil {
		return nil, placed, fmt.Errorf("reading %s: %w", objects.RefOf(placed), err)
	}
	return live, placed, nil
}

// unite are the objects of the first list and those of the second that are not among them.
func unite(one, two []*unstructured.Unstructured) []*unstructured.Unstructured {
	all := append([]*unstructured.Unstructured(nil), one...)
	for _, u := range two {
		if find(one, u) == nil {
			all = append(all, u)
		}
	}
	return all
}

// find gives the object of a list that is called the same, or nil.
func find(all []*unstructured.Unstructured, wanted *unstructured.Unstructured) *unstructured.Unstructured {
	for _, u := range all {
		if u.GroupVersionKind().GroupKind() == wanted.GroupVersionKind().GroupKind() && u.GetName() == wanted.GetName() &&
			u.GetNamespace() == wanted.GetNamespace() {
			return u
		}
	}
	return nil
}

// without are the objects of the first list that are not among the second.
func without(one, two []*unstructured.Unstructured) []*unstructured.Unstructured {
	var rest []*unstructured.Unstructured
	for _, u := range one {
		if find(two, u) == nil {
			rest = append(rest, u)
		}
	}
	return rest
}
