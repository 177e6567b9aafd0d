package matcher

import (
	"fmt"

	"github.com/onsi/gomega/types"
	corev1 "k8s.io/api/core/v1"
)

// PodMatcher is a matcher of pods that can be made stricter.
type PodMatcher struct {
	types.GomegaMatcher

	strict types.GomegaMatcher
}

// WithoutRestarts demands too that no container was ever started again.
func (m PodMatcher) WithoutRestarts() types.GomegaMatcher { return m.strict }

// MatchMayChangeInTheFuture tells Eventually to stop when the pod has come to its end.
func (m PodMatcher) MatchMayChangeInTheFuture(actual any) bool {
	return types.MatchMayChangeInTheFuture(m.GomegaMatcher, actual)
}

// BeReady matches a corev1.Pod, or a pointer to one, that runs, is not being deleted and has all containers ready.
//
//	Expect(pod).To(BeReady().WithoutRestarts())
func BeReady() PodMatcher {
	ready := checked[corev1.Pod]{
		claim:   "be ready",
		subject: func(p corev1.Pod) string { return named("Pod", p.Namespace, p.Name) },
		checks:  readiness,
		final: func(p corev1.Pod) bool {
			return p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
		},
	}
	strict := ready
	strict.claim = "be ready without restarts"
	strict.checks = func(p corev1.Pod) []check {
		return append(readiness(p), equal("restarts", int32(0), restarts(p)))
	}
	return PodMatcher{GomegaMatcher: ready, strict: strict}
}

func readiness(p corev1.Pod) []check {
	phase := equal("phase", corev1.PodRunning, p.Status.Phase)
	if p.Status.Reason != "" {
		phase.actual += " (" + p.Status.Reason + ")"
	}
	checks := []check{phase}
	if at := p.DeletionTimestamp; at != nil {
		checks = append(checks, check{what: "being deleted", expected: "no", actual: "until " + at.UTC().Format("15:04:05")})
	}
	condition := check{what: "condition Ready", expected: "True", actual: "absent"}
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			condition.actual, condition.ok = string(c.Status), c.Status == corev1.ConditionTrue
		}
	}
	checks = append(checks, condition)
	for _, c := range p.Spec.Containers {
		checks = append(checks, containerReady(p, c.Name))
	}
	return checks
}

func containerReady(p corev1.Pod, name string) check {
	c := check{what: "container " + name, expected: "ready", actual: "not started"}
	for _, s := range p.Status.ContainerStatuses {
		if s.Name != name {
			continue
		}
		c.ok = s.Ready
		c.actual = stateOf(s)
	}
	return c
}

func stateOf(s corev1.ContainerStatus) string {
	switch {
	case s.Ready:
		return "ready"
	case s.State.Waiting != nil:
		return fmt.Sprintf("waiting (%s: %s)", s.State.Waiting.Reason, s.State.Waiting.Message)
	case s.State.Terminated != nil:
		return fmt.Sprintf("ended with exit code %d (%s)", s.State.Terminated.ExitCode, s.State.Terminated.Reason)
	default:
		return "not ready"
	}
}

func restarts(p corev1.Pod) int32 {
	var n int32
	for _, s := range p.Status.ContainerStatuses {
		n += s.RestartCount
	}
	return n
}
