package regression

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/runid"
)

const (
	// closeTimeout is for taking away all that a path has made.
	closeTimeout = 2 * time.Minute
	// lookInterval is how often it is looked whether something is gone.
	lookInterval = 100 * time.Millisecond
	// namespacePrefix begins the names of namespaces; the cluster ends them.
	namespacePrefix = "chart-"
)

// room is the namespace of one path, and whatever the path makes beside it.
type room struct {
	*site

	namespace string
	// outside are objects that the path makes in no namespace or in another one, and that were not there before.
	outside []*unstructured.Unstructured
	// clean is set when nothing of the path is left in the namespace.
	clean bool
}

// openRoom makes a namespace that this run owns.
func openRoom(ctx context.Context, at *site) (*room, error) {
	made, err := at.kube.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		GenerateName: namespacePrefix, Labels: map[string]string{cluster.RunLabel: runid.Current().String()},
	}}, metav1.CreateOptions{})
	if err != nil {
		return nil, fmt.Errorf("making a namespace for a path: %w", err)
	}
	return &room{site: at, namespace: made.Name}, nil
}

// claim remembers which of the objects that a path is going to make outside of its namespace are not there yet: these are
// the ones to be taken away.
func (r *room) claim(ctx context.Context, outside []*unstructured.Unstructured) error {
	for _, u := range outside {
		there, err := exists(ctx, r.api, u, r.namespace)
		if err != nil {
			return err
		}
		if !there {
			r.outside = append(r.outside, u)
		}
	}
	return note(ctx, r.kube, r.namespace, r.outside)
}

// close takes away all that the path has made, whatever state it is in, also when ctx is over.
func (r *room) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	if r.place.Discarded && r.clean && len(r.outside) == 0 {
		return nil
	}
	err := ignoreAbsent(r.kube.CoreV1().Namespaces().Delete(ctx, r.namespace, metav1.DeleteOptions{}))
	err = errors.Join(err, removeAll(ctx, r.api, r.namespace, r.outside))
	if err == nil && !r.place.Discarded {
		err = until(ctx, func() (bool, error) {
			_, err := r.kube.CoreV1().Namespaces().Get(ctx, r.namespace, metav1.GetOptions{})
			return apierrors.IsNotFound(err), ignoreAbsent(err)
		})
	}
	if err != nil {
		return fmt.Errorf("clearing away namespace %q: %w", r.namespace, err)
	}
	return nil
}

// removeAll deletes objects, those made last first, and waits until each is gone.
func removeAll(ctx context.Context, client *objects.Client, namespace string, all []*unstructured.Unstructured) error {
	var errs []error
	for _, u := range slices.Backward(all) {
		if err := remove(ctx, client, namespace, u); err != nil {
			errs = append(errs, fmt.Errorf("removing %s: %w", objects.RefOf(u), err))
		}
	}
	return errors.Join(errs...)
}

func remove(ctx context.Context, client *objects.Client, namespace string, u *unstructured.Unstructured) error {
	placed, mapping, err := client.Place(u, namespace)
	if meta.IsNoMatchError(err) {
		return nil // Its definition is gone, and all its objects are.
	}
	if err != nil {
		return err
	}
	background := metav1.DeletePropagationBackground
	api := client.Resource(mapping, placed.GetNamespace())
	err = api.Delete(ctx, placed.GetName(), metav1.DeleteOptions{PropagationPolicy: &background})
	if err != nil {
		return ignoreAbsent(err)
	}
	return until(ctx, func() (bool, error) { there, err := exists(ctx, client, u, namespace); return !there, err })
}

// exists tells whether an object is there; one of a kind that nobody serves is not.
func exists(ctx context.Context, client *objects.Client, u *unstructured.Unstructured, namespace string) (bool, error) {
	live, err := lookFor(ctx, client, u, namespace)
	return live != nil, err
}

// lookFor gives an object as the cluster has it, or nil.
func lookFor(ctx context.Context, client *objects.Client, u *unstructured.Unstructured, namespace string) (*unstructured.Unstructured, error) {
	placed, mapping, err := client.Place(u, namespace)
	if meta.IsNoMatchError(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	live, err := client.Resource(mapping, placed.GetNamespace()).Get(ctx, placed.GetName(), metav1.GetOptions{})
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	return live, nil
}

// until asks again and again until the answer is yes or the context ends.
func until(ctx context.Context, ask func() (bool, error)) error {
	ticker := time.NewTicker(lookInterval)
	defer ticker.Stop()
	for {
		done, err := ask()
		if done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("it is still there: %w", context.Cause(ctx))
		case <-ticker.C:
		}
	}
}

func ignoreAbsent(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}
