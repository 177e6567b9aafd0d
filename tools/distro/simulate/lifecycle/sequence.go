package lifecycle

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// runAll brings every container one step on: init containers one after the other, then the others.
func (s *step) runAll() {
	if !s.sandbox() {
		return
	}
	if !s.initialise() {
		return
	}
	for i := range s.Pod.Spec.Containers {
		s.advance(s.regular(i))
	}
	s.runEphemeral()
	if s.allDone() {
		s.stopSidecars()
	}
}

// sandbox gives the pod its address, the first thing a pod gets that can start.
func (s *step) sandbox() bool {
	address := s.PodIP
	if s.Pod.Spec.HostNetwork {
		address = s.HostIP
	}
	if s.status.PodIP != "" {
		return true
	}
	if address == "" {
		s.repeat("", func() {
			s.event(corev1.EventTypeWarning, "FailedCreatePodSandBox", "Failed to create pod sandbox: no address is left", "")
		})
		return false
	}
	s.status.PodIP = address
	s.status.PodIPs = []corev1.PodIP{{IP: address}}
	return true
}

func (s *step) regular(i int) container {
	spec := &s.Pod.Spec.Containers[i]
	return container{Container: spec, kind: regular, status: statusOf(s.status.ContainerStatuses, spec.Name)}
}

func (s *step) initial(i int) container {
	spec := &s.Pod.Spec.InitContainers[i]
	return container{Container: spec, kind: kindOfInit(spec), status: &s.status.InitContainerStatuses[i]}
}

// initialise runs the init containers in their order; it is false as long as one has to be waited for.
func (s *step) initialise() bool {
	initialised := s.anyStarted()
	for i := range s.Pod.Spec.InitContainers {
		c := s.initial(i)
		if initialised && c.kind == initial {
			continue
		}
		s.advance(c)
		if !initialised && !initialisedBy(c) {
			return false
		}
	}
	return true
}

// initialisedBy tells whether the containers after this one may start.
func initialisedBy(c container) bool {
	if c.kind == sidecar {
		return c.status.Started != nil && *c.status.Started
	}
	return c.status.State.Terminated != nil && c.status.State.Terminated.ExitCode == 0
}

// anyStarted tells whether init containers have had their turn.
func (s *step) anyStarted() bool {
	for _, st := range s.status.ContainerStatuses {
		if st.ContainerID != "" {
			return true
		}
	}
	return false
}

func (s *step) advance(c container) {
	switch state := c.status.State; {
	case state.Running != nil:
		s.run(c)
	case state.Terminated != nil, state.Waiting != nil && state.Waiting.Reason == crashLoopBackOff:
		s.recover(c)
	default:
		s.start(c)
	}
}

// allDone tells whether the pod's own containers have ended for good.
func (s *step) allDone() bool {
	for i := range s.Pod.Spec.Containers {
		c := s.regular(i)
		end := c.status.State.Terminated
		if end == nil || c.restarts(s.Pod, end.ExitCode) {
			return false
		}
	}
	return true
}

// stopSidecars ends what only accompanied the others.
func (s *step) stopSidecars() {
	for i := range s.Pod.Spec.InitContainers {
		if c := s.initial(i); c.kind == sidecar && c.status.State.Running != nil {
			s.stop(c, 0)
		}
	}
}

// stop ends a container from outside.
func (s *step) stop(c container, code int32) {
	s.event(corev1.EventTypeNormal, "Killing", fmt.Sprintf("Stopping container %s", c.Name), c.path())
	reason := "Completed"
	if code != 0 {
		reason = "Error"
	}
	s.terminateContainer(c, corev1.ContainerStateTerminated{ExitCode: code, Reason: reason})
}

// runEphemeral starts the containers of `kubectl debug`.
func (s *step) runEphemeral() {
	for i := range s.Pod.Spec.EphemeralContainers {
		spec := corev1.Container(s.Pod.Spec.EphemeralContainers[i].EphemeralContainerCommon)
		if statusOf(s.status.EphemeralContainerStatuses, spec.Name) == nil {
			s.status.EphemeralContainerStatuses = append(s.status.EphemeralContainerStatuses, corev1.ContainerStatus{
				Name: spec.Name, Image: spec.Image, State: waiting("ContainerCreating", ""), VolumeMounts: mountsOf(&spec),
			})
		}
		st := statusOf(s.status.EphemeralContainerStatuses, spec.Name)
		s.advance(container{Container: &spec, kind: ephemeral, status: st})
	}
}
