package matcher

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	apitypes "k8s.io/apimachinery/pkg/types"
)

func podWith(name, uid string, restarts int32) corev1.Pod {
	p := corev1.Pod{}
	p.Name, p.UID = name, apitypes.UID(uid)
	p.Status.ContainerStatuses = []corev1.ContainerStatus{{RestartCount: restarts}}
	return p
}

func TestBeTheSamePodsAs(t *testing.T) {
	t.Parallel()
	before := []corev1.Pod{podWith("web-b", "b1", 0), podWith("web-a", "a1", 2)}
	now := []corev1.Pod{podWith("web-a", "a1", 2), podWith("web-b", "b1", 0)}
	matches(t, "same_pods", BeTheSamePodsAs(before), now)
}

func TestBeTheSamePodsAsShowsEachChange(t *testing.T) {
	t.Parallel()
	before := []corev1.Pod{podWith("db-0", "d1", 0), podWith("web-a", "a1", 0), podWith("web-b", "b1", 0)}
	now := []corev1.Pod{podWith("db-0", "d2", 0), podWith("web-a", "a1", 1), podWith("web-c", "c1", 0)}
	differs(t, "same_pods_changed", BeTheSamePodsAs(before), now)
	refuses(t, BeTheSamePodsAs(before), before[0], "not a []corev1.Pod")
}
