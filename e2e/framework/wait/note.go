package wait

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"seatrial/e2e/framework/objects"
)

// Note is something that a reader should know and that is no reason to wait.
type Note struct {
	// Object is what it is about.
	Object objects.Ref
	// Text says what was not waited for, and why.
	Text string
}

// String is the object and the text on one line.
func (n Note) String() string { return n.Object.String() + ": " + n.Text }

// Notes are what [Assess] does not wait for in a state, in the order of the objects.
func Notes(s State) []Note { return newIndex(s, new(readings).next()).notes() }

func (x *index) notes() []Note {
	var all []Note
	for _, want := range x.state.Wanted {
		ref := objects.RefOf(want)
		u := x.byRef[ref]
		if u == nil || u.GetDeletionTimestamp() != nil {
			continue
		}
		if text := x.note(ref.GroupKind(), u); text != "" && x.judge(ref).reason == "" {
			all = append(all, Note{Object: ref, Text: text})
		}
	}
	return all
}

func (x *index) note(gk schema.GroupKind, u *unstructured.Unstructured) string {
	switch gk {
	case schema.GroupKind{Kind: "Service"}:
		kind, _, _ := unstructured.NestedString(u.Object, "spec", "type")
		if kind == string(corev1.ServiceTypeLoadBalancer) && !addressed(u) {
			return "its load balancer has no address, which was not waited for: maybe nothing in this cluster gives it one"
		}
	case schema.GroupKind{Group: "networking.k8s.io", Kind: "Ingress"}:
		if !addressed(u) {
			return "it has no address, which was not waited for: maybe this cluster has no controller for it"
		}
	case schema.GroupKind{Group: "autoscaling", Kind: "HorizontalPodAutoscaler"}:
		if status, message := conditionOf(u, "ScalingActive"); status == "False" {
			return joined("it does not scale by load", message)
		}
	case schema.GroupKind{Group: "batch", Kind: "Job"}, schema.GroupKind{Group: "batch", Kind: "CronJob"}:
		if suspended(x, u) {
			return "it is suspended, so that nothing runs"
		}
	case schema.GroupKind{Kind: "PersistentVolumeClaim"}:
		if phase, _, _ := unstructured.NestedString(u.Object, "status", "phase"); phase == string(corev1.ClaimPending) {
			return "it is not bound, since its class waits for a pod that uses it"
		}
	case schema.GroupKind{Group: "apps", Kind: "StatefulSet"}:
		return heldBack(x, u)
	}
	return ""
}

// heldBack tells of pods that a StatefulSet leaves as they were on purpose.
func heldBack(x *index, u *unstructured.Unstructured) string {
	set, err := as[appsv1.StatefulSet](x, u)
	if err != nil || set.Status.ObservedGeneration < set.Generation {
		return ""
	}
	old := replicas(set.Spec.Replicas) - set.Status.UpdatedReplicas
	if old <= 0 || set.Status.CurrentRevision == set.Status.UpdateRevision {
		return ""
	}
	return fmt.Sprintf("%s of the revision before: its update strategy leaves them alone", count(int(old), "pod"))
}

func addressed(u *unstructured.Unstructured) bool {
	addresses, _, _ := unstructured.NestedSlice(u.Object, "status", "loadBalancer", "ingress")
	return len(addresses) > 0
}

func suspended(x *index, u *unstructured.Unstructured) bool {
	if j, err := as[batchv1.Job](x, u); err == nil && j.Spec.Suspend != nil {
		return *j.Spec.Suspend
	}
	return false
}
