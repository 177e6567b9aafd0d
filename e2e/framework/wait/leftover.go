package wait

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"seatrial/e2e/framework/objects"
)

// leftovers are objects that should be gone, and what owned objects they or an earlier revision left behind.
func (x *index) leftovers() []Unready {
	var all []Unready
	for _, ref := range x.state.Gone {
		u := x.byRef[ref]
		switch {
		case u == nil, x.successor(ref, u):
		case u.GetDeletionTimestamp() == nil:
			all = append(all, Unready{Object: ref, Reason: "still exists", Undeleted: true, dooms: x.undeleted(u)})
		default:
			all = append(all, Unready{Object: ref, Reason: goingAway(u)})
		}
	}
	for _, gk := range dependent() {
		for _, u := range x.byKind[gk] {
			ref := objects.RefOf(u)
			if slices.Contains(x.state.Gone, ref) || x.wanted(ref) {
				continue
			}
			if reason := x.leftover(u); reason != "" {
				all = append(all, Unready{Object: ref, Reason: joined(reason, x.held(u))})
			}
		}
	}
	return all
}

// undeleted are the symptoms of an object that should be gone and that nobody has deleted. Whatever has an owner, goes after
// it; a custom resource, when its definition does.
func (x *index) undeleted(u *unstructured.Unstructured) []doom {
	if x.state.Undeleted == 0 || len(u.GetOwnerReferences()) > 0 {
		return nil
	}
	return []doom{{why: "nobody has deleted it", after: x.state.Undeleted, dependent: isCustom(groupKindOf(u))}}
}

// successor tells whether an object only has the name of one that is to be gone.
func (x *index) successor(ref objects.Ref, u *unstructured.Unstructured) bool {
	uid, known := x.state.Known[ref]
	return known && uid != u.GetUID()
}

func (x *index) leftover(u *unstructured.Unstructured) string {
	owner := metav1.GetControllerOf(u)
	if owner == nil {
		return ""
	}
	if x.orphaned(u) {
		return fmt.Sprintf("left over from %s/%s, which is gone", owner.Kind, owner.Name)
	}
	if u.GetDeletionTimestamp() != nil && x.ours(u) {
		return goingAway(u)
	}
	return ""
}

// held says why a pod does not go, if that is known: it is gone once its kubelet says so.
func (x *index) held(u *unstructured.Unstructured) string {
	if u.GetKind() != "Pod" || u.GetDeletionTimestamp() == nil {
		return ""
	}
	p, err := as[corev1.Pod](x, u)
	if err != nil {
		return ""
	}
	return x.lost(p)
}

// orphaned tells whether an object's owner does not exist any more, as far as its kind is watched.
func (x *index) orphaned(u *unstructured.Unstructured) bool {
	owner := metav1.GetControllerOf(u)
	if owner == nil || x.byUID[owner.UID] != nil {
		return false
	}
	gk := groupKind(owner)
	return slices.Contains(owning(), gk) && !slices.Contains(x.state.Unseen, gk)
}

// ours tells whether an object belongs to the release: its first owner is of the manifest, is to be gone, or is gone.
// What another release of the namespace takes away is not waited for.
func (x *index) ours(u *unstructured.Unstructured) bool {
	for {
		owner := metav1.GetControllerOf(u)
		if owner == nil {
			ref := objects.RefOf(u)
			return x.wanted(ref) || slices.Contains(x.state.Gone, ref)
		}
		if x.orphaned(u) {
			return true
		}
		if u = x.byUID[owner.UID]; u == nil {
			return false
		}
	}
}

func (x *index) wanted(ref objects.Ref) bool {
	return slices.ContainsFunc(x.state.Wanted, func(w *unstructured.Unstructured) bool { return objects.RefOf(w) == ref })
}

func groupKind(owner *metav1.OwnerReference) schema.GroupKind {
	return schema.FromAPIVersionAndKind(owner.APIVersion, owner.Kind).GroupKind()
}
