package wait

import (
	"fmt"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func job(x *index, u *unstructured.Unstructured) finding {
	j, err := as[batchv1.Job](x, u)
	if err != nil {
		return finding{reason: err.Error()}
	}
	if j.Spec.Suspend != nil && *j.Spec.Suspend {
		// Whoever suspends a Job wants it to exist, not to run.
		return finding{}
	}
	for _, c := range j.Status.Conditions {
		if c.Status != corev1.ConditionTrue {
			continue
		}
		if c.Type == batchv1.JobComplete {
			return finding{}
		}
		if c.Type == batchv1.JobFailed {
			return finding{reason: joined("failed", c.Reason, c.Message), causes: x.blameFailed(u), terminal: true}
		}
	}
	completions := 1
	if j.Spec.Completions != nil {
		completions = int(*j.Spec.Completions)
	}
	return finding{
		reason:   fmt.Sprintf("%d of %s", j.Status.Succeeded, count(completions, "completion")),
		causes:   x.blameJob(u),
		terminal: x.hopeless(u, j.Spec.Template),
		dooms:    x.doomsBelow(u, x.podsOf(u), parallelism(j)),
	}
}

// blameJob lists failed pods and those that cannot start; a pod at work is no reason for anything.
func (x *index) blameJob(u *unstructured.Unstructured) []Cause {
	causes := x.blameFailed(u)
	for _, p := range x.podsOf(u) {
		if ended(p) || podReady(p) {
			continue
		}
		causes = blamePod(causes, p, x.why(p))
	}
	return causes
}

func (x *index) blameFailed(u *unstructured.Unstructured) []Cause {
	var causes []Cause
	for _, p := range x.podsOf(u) {
		if p.Status.Phase == corev1.PodFailed {
			causes = blamePod(causes, p, x.why(p))
		}
	}
	return causes
}

// parallelism is how many pods a Job has that is not done, at least.
func parallelism(j batchv1.Job) int32 {
	return min(replicas(j.Spec.Parallelism), replicas(j.Spec.Completions))
}
