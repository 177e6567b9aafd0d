package wait

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"seatrial/e2e/framework/objects"
)

// index finds the observed objects by the ways rules ask for them.
type index struct {
	state    State
	byRef    map[objects.Ref]*unstructured.Unstructured
	byUID    map[types.UID]*unstructured.Unstructured
	byKind   map[schema.GroupKind][]*unstructured.Unstructured
	children map[types.UID][]*unstructured.Unstructured
	readings *readings
	// warnings are the Warning events in the order of their names.
	warnings []corev1.Event
}

func newIndex(s State, known *readings) *index {
	x := &index{
		state:    s,
		byRef:    make(map[objects.Ref]*unstructured.Unstructured, len(s.Live)),
		byUID:    make(map[types.UID]*unstructured.Unstructured, len(s.Live)),
		byKind:   map[schema.GroupKind][]*unstructured.Unstructured{},
		children: map[types.UID][]*unstructured.Unstructured{},
		readings: known,
	}
	// Watches deliver in any order; what a person reads must not depend on it.
	live := slices.SortedFunc(slices.Values(s.Live), func(a, b *unstructured.Unstructured) int {
		return objects.Compare(objects.RefOf(a), objects.RefOf(b))
	})
	for _, u := range live {
		ref := objects.RefOf(u)
		x.byRef[ref] = u
		x.byUID[u.GetUID()] = u
		x.byKind[ref.GroupKind()] = append(x.byKind[ref.GroupKind()], u)
		if owner := metav1.GetControllerOf(u); owner != nil {
			x.children[owner.UID] = append(x.children[owner.UID], u)
		}
	}
	for _, u := range x.byKind[schema.GroupKind{Kind: "Event"}] {
		if e, err := as[corev1.Event](x, u); err == nil && e.Type == corev1.EventTypeWarning {
			x.warnings = append(x.warnings, e)
		}
	}
	return x
}

// podsOf are all pods below an object, through ReplicaSets or Jobs in between.
func (x *index) podsOf(u *unstructured.Unstructured) []corev1.Pod {
	var pods []corev1.Pod
	for _, child := range x.children[u.GetUID()] {
		if child.GetKind() != "Pod" {
			pods = append(pods, x.podsOf(child)...)
			continue
		}
		if p, err := as[corev1.Pod](x, child); err == nil {
			pods = append(pods, p)
		}
	}
	return pods
}

// podsIn are all pods of a namespace.
func (x *index) podsIn(ns string) []corev1.Pod {
	var pods []corev1.Pod
	for _, u := range x.byKind[schema.GroupKind{Kind: "Pod"}] {
		if p, err := as[corev1.Pod](x, u); err == nil && p.Namespace == ns {
			pods = append(pods, p)
		}
	}
	return pods
}

// warning is the text of the latest Warning event on an object with a reason that counts, or empty.
func (x *index) warning(uid types.UID, counts func(reason string) bool) string {
	return x.latest(func(e corev1.Event) bool { return e.InvolvedObject.UID == uid && counts(e.Reason) })
}

func (x *index) latest(counts func(corev1.Event) bool) string {
	var latest corev1.Event
	for _, e := range x.warnings {
		if !counts(e) {
			continue
		}
		if latest.Reason == "" || happened(e).After(happened(latest).Time) {
			latest = e
		}
	}
	if latest.Reason == "" {
		return ""
	}
	return joined(latest.Reason, latest.Message)
}

// lastWarning is the text of the latest Warning event on an object or on anything below it. It is empty if there is
// none, or if one of them is said already: rules know best which one matters.
func (x *index) lastWarning(u *unstructured.Unstructured, said func(text string) bool) string {
	below := map[types.UID]bool{}
	x.family(u, below)
	known := false
	last := x.latest(func(e corev1.Event) bool {
		mine := below[e.InvolvedObject.UID]
		known = known || mine && said(joined(e.Reason, e.Message))
		return mine
	})
	if known {
		return ""
	}
	return last
}

func (x *index) family(u *unstructured.Unstructured, into map[types.UID]bool) {
	into[u.GetUID()] = true
	for _, child := range x.children[u.GetUID()] {
		if !into[child.GetUID()] {
			x.family(child, into)
		}
	}
}

// anyReason counts every event.
func anyReason(string) bool { return true }

// only counts events of one reason.
func only(reason string) func(string) bool {
	return func(r string) bool { return r == reason }
}

// beforeStart counts events that can keep a scheduled pod from starting, not those of a start or a schedule before.
func beforeStart(reason string) bool { return reason != "Unhealthy" && reason != "FailedScheduling" }

// happened is the last time an event was seen; which field holds it depends on the client that wrote it.
func happened(e corev1.Event) metav1.Time {
	if e.Series != nil {
		return metav1.Time(e.Series.LastObservedTime)
	}
	zero := metav1.Time{}
	return cmp.Or(e.LastTimestamp, metav1.Time(e.EventTime), e.FirstTimestamp, e.CreationTimestamp, zero)
}
