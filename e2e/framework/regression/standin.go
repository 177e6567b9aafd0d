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

// standIn puts an empty object there for each that a program of the chart has to make, where no program runs: without it,
// no pod would start that needs one, and nothing else of the chart could be looked at. It is there before Helm begins, as
// hooks may need it too.
func (w *walk) standIn(ctx context.Context, step Step) error {
	if w.room.place.Features.Containers || step.Action != Install && step.Action != Upgrade {
		return nil
	}
	for _, one := range w.run.wanting[step.Revision] {
		ref := objects.Ref{Kind: one.kind, Namespace: w.room.namespace, Name: one.name}
		if slices.Contains(w.standIns, ref) {
			continue
		}
		mapping, err := w.api.Mapping(schema.GroupVersionKind{Version: "v1", Kind: one.kind})
		if err != nil {
			return err
		}
		_, err = w.api.Resource(mapping, w.room.namespace).Create(ctx, one.empty(), metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("standing in for %s, which makes %s: %w", one.by, ref, err)
		}
		w.standIns = append(w.standIns, ref)
		w.find(Finding{
			Word: NeedsRealNodes, Note: true, Object: ref, Expected: "to be made by the program of " + one.by.String(),
			Found: "simulated nodes, which run none: an empty one was put in its place",
		})
	}
	return nil
}

// empty is the object without content, but with the keys that somebody looks for.
func (one wanted) empty() *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": one.kind}}
	u.SetName(one.name)
	if len(one.keys) > 0 {
		data := map[string]any{}
		for _, key := range one.keys {
			data[key] = ""
		}
		u.Object["data"] = data
	}
	return u
}
