// Package lifecycle says what becomes of a pod on a simulated node.
//
// [Next] is a function of the pod, the rules and the time, and nothing else: it has no clock, no cluster and no
// goroutine. What a pod has been through is in its status, as with a real kubelet; [Memory] only adds what a status
// has no room for, such as fractions of a second. Without it, everything goes on a second earlier or later.
package lifecycle

import (
	"maps"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/tools/distro/simulate/rules"
)

const (
	// Moment is how long something takes that has to be seen: the work of a Job's pod, a first crash.
	Moment = 100 * time.Millisecond
	// evictionDelay keeps a rule that evicts for ever from filling the cluster with evicted pods.
	evictionDelay = time.Second
	// firstBackOff and lastBackOff are the pauses before a restart or another pull. A kubelet begins with 10 s and
	// goes to 5 min; tests should not have to wait for that.
	firstBackOff = time.Second
	lastBackOff  = 10 * time.Second
	// repeatAfter is the pause between two events that say the same.
	repeatAfter = 10 * time.Second
)

// Input is all that the next state of a pod is made from.
type Input struct {
	// Pod is the pod as the cluster has it.
	Pod *corev1.Pod
	// HostIP is the address of its node.
	HostIP string
	// PodIP is the address that was set aside for it; empty if none is left.
	PodIP string
	// Rules has the rule for each container that has one.
	Rules map[string]*rules.Rule
	// Missing is what the pod refers to and does not exist.
	Missing Missing
	// Memory is that of the outcome before; nil if there is none.
	Memory Memory
	// Now is the time.
	Now time.Time
}

// Outcome is what to do now, and when to look again.
type Outcome struct {
	// Status is the pod's next one.
	Status corev1.PodStatus
	// Events are to be sent once the status is written.
	Events []Event
	// Memory is for the next look, once the status is written.
	Memory Memory
	// Again is when to look again; 0 if only a change of the pod, the rules or what is missing can change anything.
	Again time.Duration
	// Remove tells that nothing runs any more and the pod can be deleted for good.
	Remove bool
}

// Event is one event of a kubelet.
type Event struct {
	// Type is Normal or Warning.
	Type string
	// Reason is the word for machines.
	Reason string
	// Message is the sentence for people.
	Message string
	// FieldPath is the container, if it is about one.
	FieldPath string
}

// Memory has a mark for each container, and one without a name for the pod.
type Memory map[string]Mark

// Mark is what a status does not tell about a container.
type Mark struct {
	// Since is when its present state began.
	Since time.Time
	// Tries counts pulls that failed.
	Tries int
	// Next is when something is to be repeated.
	Next time.Time
}

// step is one look at a pod.
type step struct {
	Input
	status corev1.PodStatus
	out    Outcome
}

// Next says what becomes of the pod.
func Next(in Input) Outcome {
	s := &step{Input: in, status: *in.Pod.Status.DeepCopy()}
	s.out.Memory = Memory{}
	maps.Copy(s.out.Memory, in.Memory)
	leaving := in.Pod.DeletionTimestamp != nil
	over := s.status.Phase == corev1.PodSucceeded || s.status.Phase == corev1.PodFailed
	switch {
	case over:
		s.out.Remove = leaving
	case leaving:
		s.terminate()
		s.out.Remove = true
	default:
		s.live()
	}
	s.out.Status = s.status
	return s.out
}

func (s *step) live() {
	s.arrive()
	if s.pastDeadline() || s.evict() {
		return
	}
	if s.mounted() {
		s.runAll()
	}
	s.conclude(s.phase())
}

// arrive is what a kubelet notes of a pod that is new to it.
func (s *step) arrive() {
	if s.status.StartTime == nil {
		s.status.StartTime = new(s.stamp())
	}
	s.status.HostIP = s.HostIP
	s.status.HostIPs = []corev1.HostIP{{IP: s.HostIP}}
	s.status.InitContainerStatuses = s.arriving(s.Pod.Spec.InitContainers, s.status.InitContainerStatuses)
	s.status.ContainerStatuses = byName(s.arriving(s.Pod.Spec.Containers, s.status.ContainerStatuses))
}

// pastDeadline ends a pod whose activeDeadlineSeconds are over.
func (s *step) pastDeadline() bool {
	if s.Pod.Spec.ActiveDeadlineSeconds == nil {
		return false
	}
	allowed := time.Duration(*s.Pod.Spec.ActiveDeadlineSeconds) * time.Second
	left := allowed - s.Now.Sub(s.status.StartTime.Time)
	if left > 0 {
		s.again(left)
		return false
	}
	const message = "Pod was active on the node longer than the specified deadline"
	s.event(corev1.EventTypeNormal, "DeadlineExceeded", message, "")
	s.kill("DeadlineExceeded", message)
	return true
}

// again asks for another look; the earliest one counts.
func (s *step) again(after time.Duration) {
	after = max(after, time.Millisecond)
	if s.out.Again == 0 || after < s.out.Again {
		s.out.Again = after
	}
}

func (s *step) event(kind, reason, message, container string) {
	s.out.Events = append(s.out.Events, Event{Type: kind, Reason: reason, Message: message, FieldPath: container})
}

// repeat runs the report now, and again when its time has come; it is for states that are reported as long as they last.
func (s *step) repeat(name string, report func()) {
	mark := s.out.Memory[name]
	if s.Now.Before(mark.Next) {
		s.again(mark.Next.Sub(s.Now))
		return
	}
	report()
	mark.Next = s.Now.Add(repeatAfter)
	s.out.Memory[name] = mark
	s.again(repeatAfter)
}

// begin marks the start of a new state of a container.
func (s *step) begin(name string) {
	s.out.Memory[name] = Mark{Since: s.Now}
}

// stamp is the time as a status can hold it: whole seconds.
func (s *step) stamp() metav1.Time {
	return metav1.NewTime(s.Now.Truncate(time.Second))
}

// backOff is the pause after so many failures: 1 s, doubling to 10 s.
func backOff(failures int32) time.Duration {
	pause := firstBackOff
	for ; failures > 1 && pause < lastBackOff; failures-- {
		pause *= 2
	}
	return min(pause, lastBackOff)
}
