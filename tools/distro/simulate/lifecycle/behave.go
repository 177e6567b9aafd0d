package lifecycle

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"seatrial/tools/distro/simulate/rules"
)

// unhealthy is what a readiness probe would have said.
const unhealthy = "Readiness probe failed: "

// ending is how a container ends by itself.
type ending struct {
	after   time.Duration
	code    int32
	message string
}

// ending is nil for a container that goes on and on.
func (s *step) ending(c container) *ending {
	rule := s.Rules[c.Name]
	switch {
	case s.crashes(c) || rule.Is(rules.Succeed):
		return &ending{after: rule.Delay(Moment), code: rule.Code(), message: rule.Text("")}
	case rule.Is(rules.NeverReady), rule.Is(rules.Evicted), !c.finishes(s.Pod):
		return nil
	}
	work := Moment
	if c.kind == initial {
		work = 0
	}
	if rule.Is(rules.SlowStart) {
		work += rule.Delay(Moment)
	}
	return &ending{after: work}
}

// crashes tells whether a rule lets this run of the container end badly.
func (s *step) crashes(c container) bool {
	rule := s.Rules[c.Name]
	return rule.Is(rules.Fail) || rule.Is(rules.CrashLoop) && (rule.Times == 0 || int(c.status.RestartCount) < rule.Times)
}

// ready tells whether a running container is ready. Probes are not carried out: without a rule, it is ready at once,
// whatever initialDelaySeconds says.
func (s *step) ready(c container, ran time.Duration) bool {
	if c.kind == initial || c.kind == ephemeral {
		return false
	}
	rule := s.Rules[c.Name]
	switch {
	case rule.Is(rules.NeverReady):
		s.repeat(c.Name, func() {
			s.event(corev1.EventTypeWarning, "Unhealthy", unhealthy+rule.Text("a simulation rule keeps it from becoming ready"), c.path())
		})
		return false
	case rule.Is(rules.SlowStart):
		return s.warmedUp(c, ran)
	}
	// One that is to crash at once must not look ready in between: somebody could take that for success.
	return !s.crashes(c) || rule.After != nil
}

func (s *step) warmedUp(c container, ran time.Duration) bool {
	rule := s.Rules[c.Name]
	rest := rule.Delay(Moment) - ran
	if rest <= 0 {
		return true
	}
	s.repeat(c.Name, func() {
		s.event(corev1.EventTypeWarning, "Unhealthy", unhealthy+rule.Text("it is still starting"), c.path())
	})
	s.again(rest)
	return false
}

// evict ends the pod if a rule says so and its time has come.
func (s *step) evict() bool {
	for i := range s.Pod.Spec.Containers {
		spec := &s.Pod.Spec.Containers[i]
		rule, st := s.Rules[spec.Name], statusOf(s.status.ContainerStatuses, spec.Name)
		if !rule.Is(rules.Evicted) || st == nil || st.State.Running == nil {
			continue
		}
		ran := s.Now.Sub(s.since(container{Container: spec, status: st}))
		if rest := rule.Delay(evictionDelay) - ran; rest > 0 {
			s.again(rest)
			continue
		}
		message := rule.Text("The node was low on resource: memory. A simulation rule says so.")
		s.event(corev1.EventTypeWarning, "Evicted", message, "")
		s.kill("Evicted", message)
		s.condition(corev1.DisruptionTarget, corev1.ConditionTrue, corev1.PodReasonTerminationByKubelet, message)
		s.out.Again = 0
		return true
	}
	return false
}
