package lifecycle

import (
	corev1 "k8s.io/api/core/v1"
)

// counts are the states of the pod's own containers.
type counts struct {
	waiting, running, restarting, succeeded, failed int
}

// phase is the pod's phase from the states of its containers, as kubelets see it.
func (s *step) phase() corev1.PodPhase {
	if failed, pending := s.initPhase(); failed {
		return corev1.PodFailed
	} else if pending {
		return corev1.PodPending
	}
	var n counts
	for i := range s.Pod.Spec.Containers {
		n.add(s.Pod, s.regular(i))
	}
	switch {
	case n.waiting > 0:
		return corev1.PodPending
	case n.running > 0 || n.restarting > 0:
		return corev1.PodRunning
	case n.failed > 0:
		return corev1.PodFailed
	default:
		return corev1.PodSucceeded
	}
}

func (n *counts) add(pod *corev1.Pod, c container) {
	if c.status == nil {
		n.waiting++
		return
	}
	end := c.status.State.Terminated
	if end == nil && c.status.State.Waiting != nil {
		end = c.status.LastTerminationState.Terminated
	}
	switch {
	case c.status.State.Running != nil:
		n.running++
	case end == nil:
		n.waiting++
	case c.restarts(pod, end.ExitCode):
		n.restarting++
	case end.ExitCode != 0:
		n.failed++
	default:
		n.succeeded++
	}
}

// initPhase tells whether init containers have failed the pod, or still have to be waited for.
func (s *step) initPhase() (failed, pending bool) {
	initialised := s.anyStarted()
	for i := range s.Pod.Spec.InitContainers {
		if i >= len(s.status.InitContainerStatuses) {
			return false, true
		}
		c := s.initial(i)
		if end := c.status.State.Terminated; c.kind == initial && end != nil && end.ExitCode != 0 && !c.restarts(s.Pod, end.ExitCode) {
			return true, false
		}
		if !initialised && !initialisedBy(c) {
			pending = true
		}
	}
	return false, pending
}

// finalPhase is the phase of a pod of which nothing runs any more, whatever its restart policy wants.
func (s *step) finalPhase() corev1.PodPhase {
	if s.status.Phase != corev1.PodFailed && (s.phase() == corev1.PodSucceeded || s.allSucceeded()) {
		return corev1.PodSucceeded
	}
	return corev1.PodFailed
}

// conclude derives from the containers what the status says about the whole pod.
func (s *step) conclude(phase corev1.PodPhase) {
	s.status.Phase = phase
	s.status.ObservedGeneration = s.Pod.Generation
	s.conditions()
}

// allSucceeded tells whether each container ended well, though its policy would have restarted it.
func (s *step) allSucceeded() bool {
	for _, st := range s.status.ContainerStatuses {
		if st.State.Terminated == nil || st.State.Terminated.ExitCode != 0 {
			return false
		}
	}
	return len(s.status.ContainerStatuses) > 0
}
