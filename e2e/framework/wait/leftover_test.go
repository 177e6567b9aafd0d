package wait

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"seatrial/e2e/framework/objects"
)

// takenAway has worlds with remains of an earlier revision.
func takenAway() []broken {
	remains := func(w *world) (*appsv1.Deployment, *appsv1.ReplicaSet, *corev1.Pod) {
		d := &appsv1.Deployment{ObjectMeta: named("slave", nil)}
		rs := &appsv1.ReplicaSet{ObjectMeta: named("slave-86", d)}
		p := readyPod("slave-86-x", nil, rs)
		w.gone = append(w.gone, refOf(untyped(d)))
		return d, rs, p
	}
	return []broken{
		{
			"nothing was deleted yet",
			func(w *world) {
				d, rs, p := remains(w)
				w.live = append(w.live, d, rs, p)
			},
			[]string{"Deployment/slave: still exists"},
		},
		{
			"somebody has made another one of its name",
			func(w *world) {
				d, _, _ := remains(w)
				d.UID = "another"
				w.live = append(w.live, d)
				w.known = map[objects.Ref]types.UID{refOf(untyped(d)): "the first"}
			},
			nil,
		},
		{
			"it is still the one that is to go",
			func(w *world) {
				d, _, _ := remains(w)
				w.live = append(w.live, d)
				w.known = map[objects.Ref]types.UID{refOf(untyped(d)): d.UID}
			},
			[]string{"Deployment/slave: still exists"},
		},
		{
			"the garbage collector has not come yet",
			func(w *world) {
				_, rs, p := remains(w)
				w.live = append(w.live, rs, p)
			},
			[]string{"ReplicaSet/slave-86: left over from Deployment/slave, which is gone"},
		},
		{
			"a pod takes its time to end",
			func(w *world) {
				_, _, p := remains(w)
				p.DeletionTimestamp = new(noon())
				w.live = append(w.live, p)
			},
			[]string{"Pod/slave-86-x: left over from ReplicaSet/slave-86, which is gone"},
		},
		{
			"a pod of the revision before, of a Deployment that stays",
			func(w *world) {
				old := readyPod("web-31-z", nil, w.replicaSet)
				old.DeletionTimestamp = new(noon())
				w.live = append(w.live, old)
			},
			[]string{"Pod/web-31-z: being deleted"},
		},
		{
			"a pod of the revision before whose node is gone",
			func(w *world) {
				old := readyPod("web-31-z", nil, w.replicaSet)
				old.DeletionTimestamp = new(noon())
				w.live = append(w.live, old, node("node-1", corev1.NodeReady, corev1.ConditionUnknown, "Kubelet stopped posting node status."))
			},
			[]string{`Pod/web-31-z: being deleted: its node "node-1" is not ready: Kubelet stopped posting node status.`},
		},
		{
			"another release is going away, which is not our business",
			func(w *world) {
				other := &appsv1.StatefulSet{ObjectMeta: named("other", nil)}
				p := readyPod("other-0", nil, other)
				p.DeletionTimestamp = new(noon())
				w.live = append(w.live, other, p)
			},
			nil,
		},
		{
			"a pod whose owner is of a kind nobody watches",
			func(w *world) {
				p := readyPod("custom-0", nil, w.service)
				p.OwnerReferences[0].APIVersion, p.OwnerReferences[0].Kind, p.OwnerReferences[0].UID = "example.org/v1", "Boat", "boat"
				w.live = append(w.live, p)
			},
			nil,
		},
	}
}
