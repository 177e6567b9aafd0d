package ledger

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"seatrial/e2e/framework/objects"
)

// below are the entries of all objects that the roots own, directly or not.
func below(roots []Object, live []*unstructured.Unstructured) []Object {
	children := map[string][]*unstructured.Unstructured{}
	for _, u := range live {
		if owner := metav1.GetControllerOf(u); owner != nil {
			children[string(owner.UID)] = append(children[string(owner.UID)], u)
		}
	}
	known := make(map[objects.Ref]bool, len(roots))
	for _, r := range roots {
		known[r.Ref] = true
	}
	var all []Object
	var descend func(uid string, root objects.Ref)
	descend = func(uid string, root objects.Ref) {
		for _, u := range children[uid] {
			if known[objects.RefOf(u)] || history(u) {
				continue
			}
			entry := Normalise(u, nil)
			entry.Root = &root
			all = append(all, entry)
			descend(entry.UID, root)
		}
	}
	for _, r := range roots {
		descend(r.UID, r.Ref)
	}
	return all
}

// history tells whether an object is only kept to go back to: a ReplicaSet without replicas is the Deployment's own memory
// of a revision, not its state.
func history(u *unstructured.Unstructured) bool {
	if u.GetKind() != "ReplicaSet" {
		return false
	}
	replicas, found, err := unstructured.NestedInt64(u.Object, "spec", "replicas")
	return err == nil && found && replicas == 0
}

func ownerRef(namespace string, owner metav1.OwnerReference) objects.Ref {
	gk := schema.FromAPIVersionAndKind(owner.APIVersion, owner.Kind).GroupKind()
	return objects.Ref{Group: gk.Group, Kind: gk.Kind, Namespace: namespace, Name: owner.Name}
}
