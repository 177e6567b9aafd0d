package wait

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// unseen is the reason while a controller has yet to look at the last change: the status is then about the one before.
const unseen = "its controller has not seen the last change yet"

func deployment(x *index, u *unstructured.Unstructured) finding {
	d, err := as[appsv1.Deployment](x, u)
	if err != nil {
		return finding{reason: err.Error()}
	}
	want, s := replicas(d.Spec.Replicas), d.Status
	var reason string
	switch {
	case s.ObservedGeneration < d.Generation:
		return finding{reason: unseen}
	case s.UpdatedReplicas < want && d.Spec.Paused:
		reason = "paused: its pods are not updated"
	case s.UpdatedReplicas < want:
		reason = fmt.Sprintf("%d of %s updated", s.UpdatedReplicas, count(int(want), "replica"))
	case s.Replicas > s.UpdatedReplicas:
		reason = fmt.Sprintf("%s of an older revision still running", count(int(s.Replicas-s.UpdatedReplicas), "replica"))
	case s.AvailableReplicas < want:
		reason = fmt.Sprintf("%d of %s available", s.AvailableReplicas, count(int(want), "replica"))
	default:
		return x.settled(u, want)
	}
	f := finding{reason: reason, causes: x.blame(u, want), dooms: x.doomsBelow(u, x.present(u), want)}
	if len(f.causes) == 0 && d.Spec.MinReadySeconds > 0 {
		f.reason += fmt.Sprintf(", each has to stay ready for %d s", d.Spec.MinReadySeconds)
	}
	for _, c := range d.Status.Conditions {
		if c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue {
			f.reason = joined(f.reason, c.Message)
		}
	}
	stalled := x.stalled(u, d)
	if stalled {
		f.reason += ", and its progress deadline is over"
	}
	f.terminal = stalled || x.hopeless(u, d.Spec.Template)
	return f
}

// stalled tells whether the progress deadline of the present pods is over. Right after a roll back the condition can
// still be that of the revision before: then whatever is not ready is younger than the condition.
func (x *index) stalled(u *unstructured.Unstructured, d appsv1.Deployment) bool {
	for _, c := range d.Status.Conditions {
		if c.Type != appsv1.DeploymentProgressing || c.Status != corev1.ConditionFalse || c.Reason != "ProgressDeadlineExceeded" {
			continue
		}
		since, ok := x.stuckSince(u)
		return ok && !since.After(c.LastTransitionTime.Time)
	}
	return false
}

// stuckSince is when the oldest pod of the present revision that is not ready was made, or the ReplicaSet if it has
// no such pod. A ReplicaSet that served a revision before tells nothing by its age.
func (x *index) stuckSince(u *unstructured.Unstructured) (time.Time, bool) {
	newest := x.newestReplicaSet(u)
	if newest == nil {
		return time.Time{}, false
	}
	pods := slices.DeleteFunc(x.podsOf(newest), podReady)
	if len(pods) > 0 {
		oldest := slices.MinFunc(pods, func(a, b corev1.Pod) int {
			return a.CreationTimestamp.Compare(b.CreationTimestamp.Time)
		})
		return oldest.CreationTimestamp.Time, true
	}
	_, reused := newest.GetAnnotations()["deployment.kubernetes.io/revision-history"]
	return newest.GetCreationTimestamp().Time, !reused
}

// present are the pods of the present revision, as far as a workload says which these are. Those of an older one are
// what a roll back mends.
func (x *index) present(u *unstructured.Unstructured) []corev1.Pod {
	if newest := x.newestReplicaSet(u); newest != nil {
		return x.podsOf(newest)
	}
	pods := x.podsOf(u)
	revision, _, _ := unstructured.NestedString(u.Object, "status", "updateRevision")
	if revision == "" {
		return pods
	}
	return slices.DeleteFunc(pods, func(p corev1.Pod) bool {
		hash := p.Labels[appsv1.ControllerRevisionHashLabelKey]
		return hash != "" && hash != revision
	})
}

func (x *index) newestReplicaSet(u *unstructured.Unstructured) *unstructured.Unstructured {
	var newest *unstructured.Unstructured
	highest := -1
	for _, child := range x.children[u.GetUID()] {
		revision, err := strconv.Atoi(child.GetAnnotations()["deployment.kubernetes.io/revision"])
		if err == nil && revision > highest {
			newest, highest = child, revision
		}
	}
	return newest
}

func statefulSet(x *index, u *unstructured.Unstructured) finding {
	set, err := as[appsv1.StatefulSet](x, u)
	if err != nil {
		return finding{reason: err.Error()}
	}
	want, s := replicas(set.Spec.Replicas), set.Status
	update := want
	if r := set.Spec.UpdateStrategy.RollingUpdate; r != nil && r.Partition != nil {
		update = max(0, want-*r.Partition)
	}
	if set.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType {
		update = 0
	}
	var reason string
	switch {
	case s.ObservedGeneration < set.Generation:
		return finding{reason: unseen}
	case s.Replicas > want:
		reason = fmt.Sprintf("%s too many", count(int(s.Replicas-want), "replica"))
	case s.UpdatedReplicas < update:
		reason = fmt.Sprintf("%d of %s updated", s.UpdatedReplicas, count(int(update), "replica"))
	case s.AvailableReplicas < want:
		reason = fmt.Sprintf("%d of %s available", s.AvailableReplicas, count(int(want), "replica"))
	case update == want && want > 0 && s.CurrentRevision != s.UpdateRevision:
		reason = "its rolling update has not ended"
	default:
		return x.settled(u, want)
	}
	return finding{
		reason: reason, causes: x.blame(u, want), terminal: x.hopeless(u, set.Spec.Template),
		dooms: x.doomsBelow(u, x.present(u), want),
	}
}

func daemonSet(x *index, u *unstructured.Unstructured) finding {
	set, err := as[appsv1.DaemonSet](x, u)
	if err != nil {
		return finding{reason: err.Error()}
	}
	s := set.Status
	want := s.DesiredNumberScheduled
	onDelete := set.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType
	var reason string
	switch {
	case s.ObservedGeneration < set.Generation:
		return finding{reason: unseen}
	case !onDelete && s.UpdatedNumberScheduled < want:
		reason = fmt.Sprintf("updated on %d of %s", s.UpdatedNumberScheduled, count(int(want), "node"))
	case s.NumberAvailable < want:
		reason = fmt.Sprintf("available on %d of %s", s.NumberAvailable, count(int(want), "node"))
	default:
		return x.settled(u, want+s.NumberMisscheduled)
	}
	return finding{
		reason: reason, causes: x.blame(u, want), terminal: x.hopeless(u, set.Spec.Template),
		dooms: x.doomsBelow(u, x.present(u), want),
	}
}

func replicaSet(x *index, u *unstructured.Unstructured) finding {
	set, err := as[appsv1.ReplicaSet](x, u)
	if err != nil {
		return finding{reason: err.Error()}
	}
	want, s := replicas(set.Spec.Replicas), set.Status
	var reason string
	switch {
	case s.ObservedGeneration < set.Generation:
		return finding{reason: unseen}
	case s.AvailableReplicas < want:
		reason = fmt.Sprintf("%d of %s available", s.AvailableReplicas, count(int(want), "replica"))
	default:
		return x.settled(u, want)
	}
	return finding{
		reason: reason, causes: x.blame(u, want), terminal: x.hopeless(u, set.Spec.Template),
		dooms: x.doomsBelow(u, x.present(u), want),
	}
}

// settled holds a workload's status against its pods. The watch of the pods can be behind that of the workload,
// and a pod of the revision before would then seem to be alive and well.
func (x *index) settled(u *unstructured.Unstructured, want int32) finding {
	pods := slices.DeleteFunc(x.podsOf(u), func(p corev1.Pod) bool { return p.DeletionTimestamp != nil || ended(p) })
	ready := slices.DeleteFunc(slices.Clone(pods), func(p corev1.Pod) bool { return !podReady(p) })
	if len(pods) == int(want) && len(ready) == int(want) {
		return finding{}
	}
	return finding{
		reason: fmt.Sprintf("%s wanted, %d running, %d ready", count(int(want), "pod"), len(pods), len(ready)),
		causes: x.blame(u, want),
	}
}

// blame lists the pods that keep a workload from being ready, or why there are none.
func (x *index) blame(u *unstructured.Unstructured, want int32) []Cause {
	var causes []Cause
	pods := slices.DeleteFunc(x.podsOf(u), func(p corev1.Pod) bool { return p.DeletionTimestamp != nil || ended(p) })
	for _, p := range pods {
		if why := x.why(p); why != "" {
			causes = blamePod(causes, p, why)
		}
	}
	if len(pods) >= int(want) {
		return causes
	}
	for _, maker := range append([]*unstructured.Unstructured{u}, x.children[u.GetUID()]...) {
		if maker.GetKind() == "Pod" || maker.GetKind() == "ControllerRevision" {
			continue
		}
		if text := x.warning(maker.GetUID(), only("FailedCreate")); text != "" {
			causes = append(causes, Cause{Object: refOf(maker), Reason: text})
		}
	}
	return causes
}

func blamePod(causes []Cause, p corev1.Pod, why string) []Cause {
	for i := range causes {
		if causes[i].Reason == why {
			causes[i].Others++
			return causes
		}
	}
	return append(causes, Cause{Object: podRef(p), Reason: why})
}

// hopeless tells whether a pod of the present template can never start. Pods of an older template do not count:
// they are what a roll back mends.
func (x *index) hopeless(u *unstructured.Unstructured, template corev1.PodTemplateSpec) bool {
	return slices.ContainsFunc(x.podsOf(u), func(p corev1.Pod) bool {
		return p.DeletionTimestamp == nil && invalidImage(p, template.Spec)
	})
}

func replicas(n *int32) int32 {
	if n == nil {
		return 1
	}
	return *n
}
