package wait

import (
	"fmt"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"seatrial/e2e/framework/objects"
)

// autoscaler waits until what it scales is within its bounds. That needs no measurements, and until then the number of
// replicas is about to change. Version 1 of the kind has the same fields as far as they are read here.
func autoscaler(x *index, u *unstructured.Unstructured) finding {
	h, err := as[autoscalingv2.HorizontalPodAutoscaler](x, u)
	if err != nil {
		return finding{reason: err.Error()}
	}
	t := h.Spec.ScaleTargetRef
	ref := objects.Ref{
		Group: schema.FromAPIVersionAndKind(t.APIVersion, t.Kind).Group, Kind: t.Kind, Namespace: h.Namespace, Name: t.Name,
	}
	if target := x.byRef[ref]; target != nil {
		number, set, _ := unstructured.NestedInt64(target.Object, "spec", "replicas")
		least, most := int64(replicas(h.Spec.MinReplicas)), int64(h.Spec.MaxReplicas)
		switch {
		case !set || number == 0:
			// Scaled to zero, the autoscaler is off.
		case number < least:
			return finding{reason: fmt.Sprintf("%s has %d of at least %s", ref, number, count(int(least), "replica"))}
		case number > most:
			return finding{reason: fmt.Sprintf("%s has %d of at most %s", ref, number, count(int(most), "replica"))}
		}
	}
	for _, c := range h.Status.Conditions {
		if c.Type == autoscalingv2.AbleToScale && c.Status == corev1.ConditionFalse {
			return finding{reason: joined("cannot scale "+ref.String(), c.Message)}
		}
	}
	return finding{}
}

// disruptionBudget waits for as many pods as the budget is about.
func disruptionBudget(x *index, u *unstructured.Unstructured) finding {
	b, err := as[policyv1.PodDisruptionBudget](x, u)
	if err != nil {
		return finding{reason: err.Error()}
	}
	switch {
	case b.Status.ObservedGeneration < b.Generation:
		return finding{reason: unseen}
	case b.Status.CurrentHealthy < b.Status.DesiredHealthy:
		return finding{reason: fmt.Sprintf("%d of %s healthy that it asks for", b.Status.CurrentHealthy, count(int(b.Status.DesiredHealthy), "pod"))}
	default:
		return finding{}
	}
}
