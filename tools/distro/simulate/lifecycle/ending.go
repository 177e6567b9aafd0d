package lifecycle

import (
	corev1 "k8s.io/api/core/v1"
)

const (
	exitKilled  = 137
	exitStopped = 143
)

// terminate ends a pod that is being deleted. Nothing runs, so the grace period need not be waited for.
func (s *step) terminate() {
	// A server ends well when it is told to; work that is not done has not succeeded.
	var code int32
	if s.Pod.Spec.RestartPolicy != corev1.RestartPolicyAlways {
		code = exitStopped
	}
	s.stopAll(code)
	s.conclude(s.finalPhase())
}

// kill ends a pod that has no right to run any more.
func (s *step) kill(reason, message string) {
	s.stopAll(exitKilled)
	s.status.Phase, s.status.Reason, s.status.Message = corev1.PodFailed, reason, message
	s.conclude(s.finalPhase())
}

// stopAll ends every container; one that never ran can only be reported as lost.
func (s *step) stopAll(code int32) {
	initialised := s.anyStarted()
	for i := range s.Pod.Spec.Containers {
		if c := s.regular(i); c.status != nil {
			s.stopOne(c, code, initialised)
		}
	}
	for i := range s.status.InitContainerStatuses {
		if i < len(s.Pod.Spec.InitContainers) {
			s.stopOne(s.initial(i), code, s.status.InitContainerStatuses[i].ContainerID != "")
		}
	}
	for i := range s.status.EphemeralContainerStatuses {
		spec := &corev1.Container{Name: s.status.EphemeralContainerStatuses[i].Name}
		s.stopOne(container{Container: spec, kind: ephemeral, status: &s.status.EphemeralContainerStatuses[i]}, code, false)
	}
}

func (s *step) stopOne(c container, code int32, lost bool) {
	switch {
	case c.status.State.Running != nil:
		s.stop(c, code)
	case c.status.State.Terminated == nil && lost:
		s.terminateContainer(c, corev1.ContainerStateTerminated{
			ExitCode: exitKilled, Reason: "ContainerStatusUnknown",
			Message: "The container could not be located when the pod was terminated",
		})
	}
}
