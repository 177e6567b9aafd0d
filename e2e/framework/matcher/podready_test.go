package matcher

import (
	"testing"
	"time"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func somePod() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "demo", Name: "web-57-x7k2p"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "app"}, {Name: "side"}}},
		Status: corev1.PodStatus{
			Phase:      corev1.PodRunning,
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
			ContainerStatuses: []corev1.ContainerStatus{
				{Name: "app", Ready: true, RestartCount: 1}, {Name: "side", Ready: true},
			},
		},
	}
}

func TestBeReady(t *testing.T) {
	t.Parallel()
	matches(t, "pod_ready", BeReady(), somePod())
}

func TestBeReadyWithoutRestarts(t *testing.T) {
	t.Parallel()
	differs(t, "pod_with_a_restart", BeReady().WithoutRestarts(), somePod())
}

func TestBeReadyShowsWhereAPodIsStuck(t *testing.T) {
	t.Parallel()
	p := somePod()
	p.DeletionTimestamp = new(metav1.NewTime(time.Date(2026, 11, 23, 12, 0, 30, 0, time.UTC)))
	p.Status.Phase, p.Status.Reason = corev1.PodPending, "Waiting"
	p.Status.Conditions = nil
	p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "late"}, corev1.Container{Name: "slow"})
	p.Status.ContainerStatuses = []corev1.ContainerStatus{
		{Name: "app", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ErrImagePull", Message: "not found"}}},
		{Name: "side", State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 3, Reason: "Error"}}},
		{Name: "slow", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}},
	}
	differs(t, "pod_stuck", BeReady(), p)
}

// Eventually must not go on asking about a pod that has ended.
func TestBeReadyKnowsWhenToStop(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	p := somePod()
	for _, m := range []types.GomegaMatcher{BeReady(), BeReady().WithoutRestarts()} {
		p.Status.Phase = corev1.PodPending
		g.Expect(types.MatchMayChangeInTheFuture(m, p)).To(gomega.BeTrueBecause("a pending pod can become ready"))
		p.Status.Phase = corev1.PodFailed
		g.Expect(types.MatchMayChangeInTheFuture(m, p)).To(gomega.BeFalseBecause("a failed pod cannot"))
	}
}
