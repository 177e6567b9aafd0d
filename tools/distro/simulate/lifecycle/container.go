package lifecycle

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"seatrial/tools/distro/simulate/image"
)

// kind is what a container is for.
type kind int

const (
	regular kind = iota
	initial
	sidecar
	ephemeral
)

// container is one container of the pod with its place in the status.
type container struct {
	*corev1.Container
	kind   kind
	status *corev1.ContainerStatus
}

func (c container) path() string {
	switch c.kind {
	case initial, sidecar:
		return "spec.initContainers{" + c.Name + "}"
	case ephemeral:
		return "spec.ephemeralContainers{" + c.Name + "}"
	case regular:
	}
	return "spec.containers{" + c.Name + "}"
}

// restarts tells whether a container is started again that ended with this code.
func (c container) restarts(pod *corev1.Pod, code int32) bool {
	switch c.kind {
	case sidecar:
		return true
	case ephemeral:
		return false
	case initial:
		return code != 0 && pod.Spec.RestartPolicy != corev1.RestartPolicyNever
	case regular:
	}
	policy := string(pod.Spec.RestartPolicy)
	if c.RestartPolicy != nil {
		policy = string(*c.RestartPolicy)
	}
	return policy == string(corev1.RestartPolicyAlways) || policy == string(corev1.RestartPolicyOnFailure) && code != 0
}

// finishes tells whether a container that works ends by itself.
func (c container) finishes(pod *corev1.Pod) bool {
	switch c.kind {
	case initial:
		return true
	case sidecar, ephemeral:
		return false
	case regular:
	}
	return !c.restarts(pod, 0)
}

func kindOfInit(c *corev1.Container) kind {
	if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
		return sidecar
	}
	return initial
}

func statusOf(all []corev1.ContainerStatus, name string) *corev1.ContainerStatus {
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return nil
}

// arriving has a status for every container: the one that there is, or one that waits.
func (s *step) arriving(specs []corev1.Container, have []corev1.ContainerStatus) []corev1.ContainerStatus {
	reason := "ContainerCreating"
	if len(s.Pod.Spec.InitContainers) > 0 {
		reason = "PodInitializing"
	}
	var all []corev1.ContainerStatus
	for i := range specs {
		if old := statusOf(have, specs[i].Name); old != nil {
			all = append(all, *old)
			continue
		}
		all = append(all, corev1.ContainerStatus{
			Name: specs[i].Name, Image: specs[i].Image, Started: new(false),
			State:        corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}},
			VolumeMounts: mountsOf(&specs[i]),
		})
	}
	return all
}

// mountsOf repeats the mounts in the status, as kubelets do.
func mountsOf(c *corev1.Container) []corev1.VolumeMountStatus {
	var all []corev1.VolumeMountStatus
	for _, m := range c.VolumeMounts {
		mount := corev1.VolumeMountStatus{Name: m.Name, MountPath: m.MountPath, ReadOnly: m.ReadOnly}
		if m.ReadOnly {
			mount.RecursiveReadOnly = new(corev1.RecursiveReadOnlyDisabled)
		}
		all = append(all, mount)
	}
	return all
}

// byName is the order in which kubelets report containers, but for init containers.
func byName(all []corev1.ContainerStatus) []corev1.ContainerStatus {
	slices.SortStableFunc(all, func(a, b corev1.ContainerStatus) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// start makes a container run, or says why it cannot.
func (s *step) start(c container) {
	full, err := image.Full(c.Image)
	if err != nil {
		s.invalidName(c, err)
		return
	}
	if s.pullFails(c, full) || s.lacksConfig(c) {
		return
	}
	s.pulled(c)
	s.event(corev1.EventTypeNormal, "Created", "Container created", c.path())
	s.event(corev1.EventTypeNormal, "Started", "Container started", c.path())
	st := c.status
	if st.ContainerID != "" {
		st.RestartCount++
		if st.State.Terminated != nil {
			st.LastTerminationState = st.State
		}
	}
	st.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: s.stamp()}}
	st.Image = full
	// The name was read above, so it has an ID.
	st.ImageID, _ = image.ID(c.Image)
	st.ContainerID = s.containerID(c)
	st.Started = new(true)
	s.begin(c.Name)
	s.run(c)
}

// containerID looks like one of containerd, and is another one after each restart.
func (s *step) containerID(c container) string {
	sum := sha256.Sum256([]byte(string(s.Pod.UID) + "/" + c.Name + "/" + strconv.Itoa(int(c.status.RestartCount))))
	return "containerd://" + hex.EncodeToString(sum[:])
}

// run looks at a container that runs: whether it ends, and whether it is ready.
func (s *step) run(c container) {
	if c.kind != ephemeral {
		// They may be changed while the container runs.
		c.status.AllocatedResources, c.status.Resources = c.Resources.Requests.DeepCopy(), c.Resources.DeepCopy()
	}
	ran := s.Now.Sub(s.since(c))
	if end := s.ending(c); end != nil {
		if ran >= end.after {
			s.end(c, end.code, end.message)
			return
		}
		s.again(end.after - ran)
	}
	c.status.Ready = s.ready(c, ran)
}

// since is when the present state began.
func (s *step) since(c container) time.Time {
	if mark, found := s.out.Memory[c.Name]; found && !mark.Since.IsZero() {
		return mark.Since
	}
	switch state := c.status.State; {
	case state.Running != nil:
		return state.Running.StartedAt.Time
	case state.Terminated != nil:
		return state.Terminated.FinishedAt.Time
	case c.status.LastTerminationState.Terminated != nil:
		return c.status.LastTerminationState.Terminated.FinishedAt.Time
	}
	return s.Now
}

// end is the end of a process with its exit code; it may be the pause before its restart.
func (s *step) end(c container, code int32, message string) {
	reason := "Completed"
	if code != 0 {
		reason = "Error"
	}
	s.terminateContainer(c, corev1.ContainerStateTerminated{ExitCode: code, Reason: reason, Message: message})
	s.begin(c.Name)
	s.recover(c)
}

func (s *step) terminateContainer(c container, end corev1.ContainerStateTerminated) {
	st := c.status
	if st.State.Running != nil {
		end.StartedAt, end.FinishedAt, end.ContainerID = st.State.Running.StartedAt, s.stamp(), st.ContainerID
	}
	st.State = corev1.ContainerState{Terminated: &end}
	st.Started = new(false)
	st.Ready = c.kind == initial && end.ExitCode == 0
}

// recover starts a container again that has ended, after the pause that is due.
func (s *step) recover(c container) {
	st := c.status
	last := st.State.Terminated
	if last == nil {
		last = st.LastTerminationState.Terminated
	}
	if last == nil || !c.restarts(s.Pod, last.ExitCode) {
		return
	}
	pause := Moment
	if st.RestartCount > 0 {
		pause = backOff(st.RestartCount)
	}
	rest := pause - s.Now.Sub(s.since(c))
	// A container that no rule keeps from working any more is not made to wait.
	if rest <= 0 || !s.Rules[c.Name].Ends() {
		s.start(c)
		return
	}
	s.again(rest)
	if st.RestartCount == 0 || st.State.Waiting != nil && st.State.Waiting.Reason == crashLoopBackOff {
		return
	}
	where := fmt.Sprintf("%s_%s(%s)", s.Pod.Name, s.Pod.Namespace, s.Pod.UID)
	s.event(corev1.EventTypeWarning, "BackOff", fmt.Sprintf("Back-off restarting failed container %s in pod %s", c.Name, where), c.path())
	st.LastTerminationState = corev1.ContainerState{Terminated: last}
	st.State = waiting(crashLoopBackOff, fmt.Sprintf("back-off %s restarting failed container=%s pod=%s", pause, c.Name, where))
}

const crashLoopBackOff = "CrashLoopBackOff"

func waiting(reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}
