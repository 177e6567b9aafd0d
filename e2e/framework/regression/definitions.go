package regression

import (
	"context"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/objects"
)

const definitionKind = "CustomResourceDefinition"

// findLostDefinitions looks for definitions of custom resources that went with a revision, and for what went with them.
func (w *walk) findLostDefinitions(ctx context.Context, before []*state, now *state) error {
	if len(before) == 0 {
		return nil
	}
	last := before[len(before)-1]
	for _, u := range last.objects {
		if u.GetKind() != definitionKind || has(now.objects, u) {
			continue
		}
		there, err := exists(ctx, w.api, u, w.room.namespace)
		if err != nil {
			return err
		}
		if !there {
			w.find(Finding{
				Word: CustomResourcesLost, Object: w.ref(u), Field: keepField,
				Expected: "the definition to outlive the revision that brought it", Found: "it was deleted, and every object of its kind with it",
			})
			if err := w.proofs.wait(); err != nil {
				return err
			}
			w.find(lostWith(u, last)...)
		}
	}
	return nil
}

// lostWith are the objects of a revision that were of the kind that a definition defines.
func lostWith(definition *unstructured.Unstructured, last *state) []Finding {
	group, _, groupErr := unstructured.NestedString(definition.Object, "spec", "group")
	kind, _, kindErr := unstructured.NestedString(definition.Object, "spec", "names", "kind")
	if groupErr != nil || kindErr != nil {
		return nil
	}
	var found []Finding
	for _, o := range last.ledger.Objects {
		if o.Group == group && o.Kind == kind {
			found = append(found, Finding{
				Word: CustomResourcesLost, Object: o.Ref,
				Expected: "the object, whoever made it", Found: "nothing: it went with " + objects.RefOf(definition).String(),
			})
		}
	}
	return found
}
