package wait

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// one judges a single wanted object in a cluster that holds it and some others.
func one(o runtime.Object, others ...runtime.Object) []string {
	s := State{}
	s.Wanted = append(s.Wanted, untyped(o))
	for _, l := range append(others, o) {
		s.Live = append(s.Live, untyped(l))
	}
	return lines(Assess(s))
}

func TestStatefulSet(t *testing.T) {
	t.Parallel()
	ready := appsv1.StatefulSetStatus{
		ObservedGeneration: 1, Replicas: 1, UpdatedReplicas: 1, AvailableReplicas: 1, CurrentRevision: "r1", UpdateRevision: "r1",
	}
	tests := []struct {
		name   string
		change func(*appsv1.StatefulSet)
		want   []string
	}{
		{"ready", func(*appsv1.StatefulSet) {}, nil},
		{"not seen", func(s *appsv1.StatefulSet) { s.Generation = 2 }, []string{"StatefulSet/db: its controller has not seen the last change yet"}},
		{"one too many", func(s *appsv1.StatefulSet) { s.Status.Replicas = 2 }, []string{"StatefulSet/db: 1 replica too many"}},
		{"not updated", func(s *appsv1.StatefulSet) { s.Status.UpdatedReplicas = 0 }, []string{"StatefulSet/db: 0 of 1 replica updated"}},
		{"not available", func(s *appsv1.StatefulSet) { s.Status.AvailableReplicas = 0 }, []string{"StatefulSet/db: 0 of 1 replica available"}},
		{"not finished", func(s *appsv1.StatefulSet) { s.Status.UpdateRevision = "r2" }, []string{"StatefulSet/db: its rolling update has not ended"}},
		{"updated by hand", func(s *appsv1.StatefulSet) {
			s.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType
			s.Status.UpdatedReplicas, s.Status.UpdateRevision = 0, "r2"
		}, nil},
		{"held back by a partition", func(s *appsv1.StatefulSet) {
			s.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: new(int32(1))}
			s.Status.UpdatedReplicas, s.Status.UpdateRevision = 0, "r2"
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := &appsv1.StatefulSet{ObjectMeta: named("db", nil), Status: ready}
			test.change(s)
			if diff := cmp.Diff(test.want, one(s, readyPod("db-0", nil, s))); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDaemonSet(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status appsv1.DaemonSetStatus
		want   []string
	}{
		{"ready", appsv1.DaemonSetStatus{DesiredNumberScheduled: 1, UpdatedNumberScheduled: 1, NumberAvailable: 1}, nil},
		{"not updated", appsv1.DaemonSetStatus{DesiredNumberScheduled: 1, NumberAvailable: 1}, []string{"DaemonSet/agent: updated on 0 of 1 node"}},
		{"not available", appsv1.DaemonSetStatus{DesiredNumberScheduled: 1, UpdatedNumberScheduled: 1}, []string{"DaemonSet/agent: available on 0 of 1 node"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.status.ObservedGeneration = 1
			s := &appsv1.DaemonSet{ObjectMeta: named("agent", nil), Status: test.status}
			if diff := cmp.Diff(test.want, one(s, readyPod("agent-x", nil, s))); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReplicaSet(t *testing.T) {
	t.Parallel()
	s := &appsv1.ReplicaSet{ObjectMeta: named("bare", nil), Status: appsv1.ReplicaSetStatus{ObservedGeneration: 1}}
	if diff := cmp.Diff([]string{"ReplicaSet/bare: 0 of 1 replica available"}, one(s, readyPod("bare-x", nil, s))); diff != "" {
		t.Errorf("verdict before (-want +got):\n%s", diff)
	}
	s.Status.AvailableReplicas = 1
	if got := one(s, readyPod("bare-x", nil, s)); got != nil {
		t.Errorf("verdict after: %q", got)
	}
}

func TestPersistentVolumeClaim(t *testing.T) {
	t.Parallel()
	class := func(name string, mode storagev1.VolumeBindingMode) *storagev1.StorageClass {
		c := &storagev1.StorageClass{VolumeBindingMode: &mode}
		c.Name, c.Annotations = name, map[string]string{defaultClass: "true"}
		return c
	}
	claimed := func(phase corev1.PersistentVolumeClaimPhase, class *string) *corev1.PersistentVolumeClaim {
		return &corev1.PersistentVolumeClaim{
			ObjectMeta: named("data", nil),
			Spec:       corev1.PersistentVolumeClaimSpec{StorageClassName: class, VolumeName: "pv-1"},
			Status:     corev1.PersistentVolumeClaimStatus{Phase: phase},
		}
	}
	user := readyPod("db-0", nil, nil)
	user.Spec.Volumes = []corev1.Volume{{VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"},
	}}}
	late, at := class("late", storagev1.VolumeBindingWaitForFirstConsumer), class("standard", storagev1.VolumeBindingImmediate)
	tests := []struct {
		name   string
		claim  *corev1.PersistentVolumeClaim
		others []runtime.Object
		want   []string
	}{
		{"bound", claimed(corev1.ClaimBound, nil), nil, nil},
		{"lost", claimed(corev1.ClaimLost, nil), nil, []string{`FAILED PersistentVolumeClaim/data: lost its volume "pv-1"`}},
		{"nobody uses it yet", claimed(corev1.ClaimPending, nil), []runtime.Object{late}, nil},
		{
			"a pod needs it", claimed(corev1.ClaimPending, nil),
			[]runtime.Object{late, user},
			[]string{`PersistentVolumeClaim/data: not bound yet to a volume of StorageClass "late", which pod "db-0" needs`},
		},
		{
			"bound at once, in a moment", claimed(corev1.ClaimPending, new("standard")),
			[]runtime.Object{at},
			[]string{`PersistentVolumeClaim/data: not bound yet to a volume of StorageClass "standard"`},
		},
		{
			"no default", claimed(corev1.ClaimPending, nil), nil,
			[]string{"PersistentVolumeClaim/data: not bound: it names no StorageClass and none is the default"},
		},
		{
			"no such class", claimed(corev1.ClaimPending, new("fast")),
			[]runtime.Object{at},
			[]string{`PersistentVolumeClaim/data: not bound: there is no StorageClass "fast"`},
		},
		{
			"no class wanted", claimed(corev1.ClaimPending, new("")),
			[]runtime.Object{at},
			[]string{"PersistentVolumeClaim/data: not bound yet; it asks for a volume made by hand"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, one(test.claim, test.others...)); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}
