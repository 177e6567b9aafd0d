package lifecycle

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// conditions sets the five that belong to the kubelet, in its order, behind those of others.
func (s *step) conditions() {
	own := []corev1.PodConditionType{
		corev1.PodReadyToStartContainers, corev1.PodInitialized, corev1.PodReady, corev1.ContainersReady, corev1.PodScheduled,
	}
	old := s.status.Conditions
	s.status.Conditions = slices.DeleteFunc(slices.Clone(old), func(c corev1.PodCondition) bool { return slices.Contains(own, c.Type) })
	foreign := s.status.Conditions

	status, reason, message := s.containersReady()
	readyStatus, readyReason, readyMessage := status, reason, message
	if status == corev1.ConditionTrue {
		readyStatus, readyReason, readyMessage = s.gates(foreign)
	}
	initStatus, initReason, initMessage := s.initialised()
	sandbox, sandboxReason, sandboxMessage := s.sandboxReady()
	for _, c := range []corev1.PodCondition{
		{Type: corev1.PodReadyToStartContainers, Status: sandbox, Reason: sandboxReason, Message: sandboxMessage},
		{Type: corev1.PodInitialized, Status: initStatus, Reason: initReason, Message: initMessage},
		{Type: corev1.PodReady, Status: readyStatus, Reason: readyReason, Message: readyMessage},
		{Type: corev1.ContainersReady, Status: status, Reason: reason, Message: message},
		{Type: corev1.PodScheduled, Status: corev1.ConditionTrue},
	} {
		s.status.Conditions = append(s.status.Conditions, s.dated(old, c))
	}
}

// condition sets one that is neither of these.
func (s *step) condition(kind corev1.PodConditionType, status corev1.ConditionStatus, reason, message string) {
	old := s.status.Conditions
	s.status.Conditions = slices.DeleteFunc(slices.Clone(old), func(c corev1.PodCondition) bool { return c.Type == kind })
	s.status.Conditions = slices.Insert(s.status.Conditions, 0,
		s.dated(old, corev1.PodCondition{Type: kind, Status: status, Reason: reason, Message: message}))
}

// dated keeps the time of the last change of a condition that has not changed.
func (s *step) dated(old []corev1.PodCondition, c corev1.PodCondition) corev1.PodCondition {
	c.ObservedGeneration = s.Pod.Generation
	c.LastTransitionTime = s.stamp()
	for _, before := range old {
		if before.Type == c.Type && before.Status == c.Status {
			c.LastTransitionTime = before.LastTransitionTime
			c.LastProbeTime = before.LastProbeTime
		}
	}
	return c
}

// over has the reason of conditions of a pod that has ended; it is empty for others.
func (s *step) over() string {
	switch s.status.Phase {
	case corev1.PodSucceeded:
		return "PodCompleted"
	case corev1.PodFailed:
		return "PodFailed"
	case corev1.PodPending, corev1.PodRunning, corev1.PodUnknown:
	}
	return ""
}

func (s *step) sandboxReady() (status corev1.ConditionStatus, reason, message string) {
	switch {
	case s.over() != "":
		return corev1.ConditionFalse, "PodSandboxNotReady", "pod sandbox is not ready"
	case s.status.PodIP == "":
		return corev1.ConditionFalse, "PodSandboxNotReady", "no pod sandbox exists"
	}
	return corev1.ConditionTrue, "", ""
}

func (s *step) containersReady() (status corev1.ConditionStatus, reason, message string) {
	if reason := s.over(); reason != "" {
		return corev1.ConditionFalse, reason, ""
	}
	var unready []string
	for i := range s.status.InitContainerStatuses {
		if c := s.initial(i); c.kind == sidecar && !c.status.Ready {
			unready = append(unready, c.Name)
		}
	}
	for i := range s.Pod.Spec.Containers {
		if c := s.regular(i); c.status == nil || !c.status.Ready {
			unready = append(unready, c.Name)
		}
	}
	if len(unready) > 0 {
		return corev1.ConditionFalse, "ContainersNotReady", fmt.Sprintf("containers with unready status: %s", unready)
	}
	return corev1.ConditionTrue, "", ""
}

// gates asks the conditions of others that the pod's readiness depends on.
func (s *step) gates(foreign []corev1.PodCondition) (status corev1.ConditionStatus, reason, message string) {
	var closed []string
	for _, gate := range s.Pod.Spec.ReadinessGates {
		i := slices.IndexFunc(foreign, func(c corev1.PodCondition) bool { return c.Type == gate.ConditionType })
		switch {
		case i < 0:
			closed = append(closed, fmt.Sprintf("corresponding condition of pod readiness gate %q does not exist.", gate.ConditionType))
		case foreign[i].Status != corev1.ConditionTrue:
			closed = append(closed, fmt.Sprintf("the status of pod readiness gate %q is not \"True\", but %s", gate.ConditionType, foreign[i].Status))
		}
	}
	if len(closed) > 0 {
		return corev1.ConditionFalse, "ReadinessGatesNotReady", strings.Join(closed, ", ")
	}
	return corev1.ConditionTrue, "", ""
}

func (s *step) initialised() (status corev1.ConditionStatus, reason, message string) {
	if s.status.Phase == corev1.PodSucceeded {
		return corev1.ConditionTrue, "PodCompleted", ""
	}
	if s.anyStarted() {
		return corev1.ConditionTrue, "", ""
	}
	var incomplete []string
	for i := range s.status.InitContainerStatuses {
		if c := s.initial(i); !initialisedBy(c) {
			incomplete = append(incomplete, c.Name)
		}
	}
	if len(incomplete) > 0 {
		return corev1.ConditionFalse, "ContainersNotInitialized", fmt.Sprintf("containers with incomplete status: %s", incomplete)
	}
	return corev1.ConditionTrue, "", ""
}
