package regression

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"seatrial/e2e/framework/objects"
)

// In is what stands in, as it is called in a namespace.
func (s StandIn) In(namespace string) objects.Ref {
	return objects.Ref{Kind: s.kind, Namespace: namespace, Name: s.name}
}

// Make puts it into a namespace, and tells whether there was nothing in its place.
func (s StandIn) Make(ctx context.Context, api *objects.Client, namespace string) (made bool, err error) {
	mapping, err := api.Mapping(schema.GroupVersionKind{Version: "v1", Kind: s.kind})
	if err != nil {
		return false, err
	}
	_, err = api.Resource(mapping, namespace).Create(ctx, s.empty(), metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("standing in for %s, which makes %s: %w", s.by, s.In(namespace), err)
	}
	return true, nil
}

// empty is the object without content, but with the keys that somebody looks for.
func (s StandIn) empty() *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": s.kind}}
	u.SetName(s.name)
	if len(s.keys) > 0 {
		data := map[string]any{}
		for _, key := range s.keys {
			data[key] = ""
		}
		u.Object["data"] = data
	}
	return u
}

// standIn makes what the revision of a step needs, where no program runs. It is there before Helm begins, as hooks may need
// it too.
func (w *walk) standIn(ctx context.Context, step Step) error {
	if w.room.place.Features.Containers || step.Action != Install && step.Action != Upgrade {
		return nil
	}
	for _, one := range w.run.standIns[step.Revision] {
		ref := one.In(w.room.namespace)
		if slices.Contains(w.standIns, ref) {
			continue
		}
		made, err := one.Make(ctx, w.api, w.room.namespace)
		if err != nil {
			return err
		}
		if !made {
			continue
		}
		w.standIns = append(w.standIns, ref)
		w.find(Finding{
			Word: NeedsRealNodes, Note: true, Object: ref, Expected: "to be made by the program of " + one.by.String(),
			Found: "simulated nodes, which run none: an empty one was put in its place",
		})
	}
	return nil
}
