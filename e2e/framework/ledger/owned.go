package ledger

import (
	"context"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"seatrial/e2e/framework/objects"
)

// owned adds the objects that the roots own, directly or not, and those that belong to them by name.
func (w *writer) owned(ctx context.Context) error {
	namespaces := []string{w.request.Namespace}
	var roots []*Object
	for _, o := range w.entries {
		roots = append(roots, o)
		if o.Namespace != "" && !slices.Contains(namespaces, o.Namespace) {
			namespaces = append(namespaces, o.Namespace)
		}
	}
	slices.Sort(namespaces)
	slices.SortFunc(roots, func(a, b *Object) int { return objects.Compare(a.Ref, b.Ref) })
	live, err := w.read(ctx, w.ownedQueries(namespaces))
	if err != nil {
		return err
	}
	f := kin{children: map[string][]*unstructured.Unstructured{}}
	for _, u := range live {
		if owner := metav1.GetControllerOf(u); owner != nil {
			f.children[string(owner.UID)] = append(f.children[string(owner.UID)], u)
		} else {
			f.loose = append(f.loose, u)
		}
	}
	for _, root := range roots {
		w.descend(f, root, root)
		w.belonging(f, root)
	}
	return nil
}

// kin is what could be the roots': by the UID of the owner, and without one.
type kin struct {
	children map[string][]*unstructured.Unstructured
	loose    []*unstructured.Unstructured
}

func (w *writer) descend(f kin, parent, root *Object) {
	for _, u := range f.children[parent.UID] {
		if isHistory(u) {
			continue
		}
		entry := w.add(u, nil)
		if entry == nil {
			continue
		}
		entry.Root = &root.Ref
		if parent.Stem != "" && u.GetGenerateName() == parent.Name+"-" {
			entry.Stem = parent.Stem
		}
		w.descend(f, entry, root)
	}
}

// belonging adds what has no owner but is made for a root all the same: the claims of a StatefulSet, which are named
// after it and labelled as its pods are, and the Endpoints of a Service, which have its name.
func (w *writer) belonging(f kin, root *Object) {
	for _, u := range f.loose {
		ref := objects.RefOf(u)
		if ref.Namespace != root.Namespace {
			continue
		}
		claim := root.Kind == "StatefulSet" && ref.Kind == "PersistentVolumeClaim" && claimOf(root, u)
		endpoints := root.Kind == "Service" && root.Group == "" && ref.Kind == "Endpoints" && ref.Name == root.Name
		if !claim && !endpoints {
			continue
		}
		if entry := w.add(u, nil); entry != nil {
			entry.Root, entry.Owner = &root.Ref, &root.Ref
			if claim {
				entry.Kept = "claims outlive their StatefulSet"
			}
		}
	}
}

func claimOf(set *Object, u *unstructured.Unstructured) bool {
	templates, _, _ := unstructured.NestedSlice(set.Fields, "spec", "volumeClaimTemplates")
	labels, _, _ := unstructured.NestedStringMap(set.Fields, "spec", "selector", "matchLabels")
	for name, value := range labels {
		if u.GetLabels()[name] != value {
			return false
		}
	}
	return slices.ContainsFunc(templates, func(t any) bool {
		template, _ := t.(map[string]any)
		name, _, _ := unstructured.NestedString(template, "metadata", "name")
		ordinal, found := strings.CutPrefix(u.GetName(), name+"-"+set.Name+"-")
		return found && ordinal != "" && strings.Trim(ordinal, "0123456789") == ""
	})
}

// isHistory tells whether an object is only kept to go back to: a ReplicaSet without replicas is the Deployment's own memory
// of a revision, not its state.
func isHistory(u *unstructured.Unstructured) bool {
	if u.GetKind() != "ReplicaSet" {
		return false
	}
	replicas, found, err := unstructured.NestedInt64(u.Object, "spec", "replicas")
	return err == nil && found && replicas == 0
}

// stemOf is the name of an owned object without its generated part, or nothing if it has none. Generated names end in a hash
// of the template (a Deployment's ReplicaSets), in a time (a CronJob's Jobs), or in what the server adds to generateName.
func stemOf(u *unstructured.Unstructured, owner objects.Ref) string {
	switch {
	case u.GetGenerateName() != "":
		return strings.TrimSuffix(u.GetGenerateName(), "-")
	case owner.Kind == "Deployment" && u.GetKind() == "ReplicaSet", owner.Kind == "CronJob" && u.GetKind() == "Job":
		return owner.Name
	default:
		return ""
	}
}

func ownerRef(namespace string, owner metav1.OwnerReference) objects.Ref {
	gk := schema.FromAPIVersionAndKind(owner.APIVersion, owner.Kind).GroupKind()
	return objects.Ref{Group: gk.Group, Kind: gk.Kind, Namespace: namespace, Name: owner.Name}
}
