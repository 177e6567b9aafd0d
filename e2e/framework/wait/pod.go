package wait

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/objects"
)

func pod(x *index, u *unstructured.Unstructured) finding {
	p, err := as[corev1.Pod](x, u)
	if err != nil {
		return finding{reason: err.Error()}
	}
	switch {
	case p.Status.Phase == corev1.PodSucceeded || podReady(p):
		return finding{}
	case p.Status.Phase == corev1.PodFailed:
		return finding{reason: x.why(p), terminal: true}
	default:
		return finding{reason: x.why(p), terminal: invalidImage(p, p.Spec), dooms: x.doomsOf(p)}
	}
}

func podReady(p corev1.Pod) bool {
	return p.Status.Phase == corev1.PodRunning && podCondition(p, corev1.PodReady).Status == corev1.ConditionTrue
}

// ended tells whether a pod has run to its end. Controllers do not count such a pod any more.
func ended(p corev1.Pod) bool {
	return p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
}

func podCondition(p corev1.Pod, kind corev1.PodConditionType) corev1.PodCondition {
	for _, c := range p.Status.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return corev1.PodCondition{}
}

// why says what keeps a pod from being ready, or nothing if it is: where it is stuck on its way from scheduler to probe.
func (x *index) why(p corev1.Pod) string {
	if podReady(p) {
		return ""
	}
	if p.Status.Phase == corev1.PodFailed {
		return joined("failed", p.Status.Reason, p.Status.Message, exits(p))
	}
	if c := podCondition(p, corev1.PodScheduled); c.Status == corev1.ConditionFalse {
		return inBrackets(joined(strings.ToLower(c.Reason), c.Message), x.ailing())
	}
	if p.Spec.NodeName == "" {
		return "not scheduled to a node yet"
	}
	if lost := x.lost(p); lost != "" {
		return lost
	}
	for _, s := range slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses) {
		if why := x.whyContainer(p, s); why != "" {
			return why
		}
	}
	for _, gate := range p.Spec.ReadinessGates {
		if c := podCondition(p, gate.ConditionType); c.Status != corev1.ConditionTrue {
			return joined(fmt.Sprintf("readiness gate %q is not True", gate.ConditionType), c.Message)
		}
	}
	return joined(fmt.Sprintf("scheduled to %q, not started yet", p.Spec.NodeName), x.warning(p.UID, beforeStart))
}

func (x *index) whyContainer(p corev1.Pod, s corev1.ContainerStatus) string {
	name := fmt.Sprintf("container %q", s.Name)
	switch {
	case s.State.Waiting != nil:
		return x.whyWaiting(p, s)
	case s.State.Terminated != nil && (s.State.Terminated.ExitCode != 0 || !isInit(p, s.Name)):
		if s.RestartCount > 0 {
			return joined(name+" ended", count(int(s.RestartCount), "restart")+", "+exit(s.State.Terminated))
		}
		return joined(name+" ended", exit(s.State.Terminated))
	case s.State.Running != nil && !s.Ready && isInit(p, s.Name):
		return name + " is still initialising"
	case s.State.Running != nil && !s.Ready:
		return joined(name+" runs but is not ready", crashes(s), x.warning(p.UID, only("Unhealthy")))
	default:
		return ""
	}
}

func (x *index) whyWaiting(p corev1.Pod, s corev1.ContainerStatus) string {
	name, w := fmt.Sprintf("container %q", s.Name), s.State.Waiting
	switch w.Reason {
	case "PodInitializing":
		return ""
	case "CrashLoopBackOff":
		return joined(name+" is in CrashLoopBackOff", crashes(s))
	case "", "ContainerCreating":
		return joined(name+" is being created", x.warning(p.UID, beforeStart))
	default:
		text := joined(name+" is in "+w.Reason, w.Message)
		if image := imageOf(p, s.Name); strings.Contains(w.Reason, "Image") && !strings.Contains(text, image) {
			text += fmt.Sprintf(" (image %q)", image)
		}
		return text
	}
}

// crashes tells how often a container ended before, and how the last time.
func crashes(s corev1.ContainerStatus) string {
	if s.RestartCount == 0 || s.LastTerminationState.Terminated == nil {
		return ""
	}
	return fmt.Sprintf("%s, %s", count(int(s.RestartCount), "restart"), exit(s.LastTerminationState.Terminated))
}

func exit(t *corev1.ContainerStateTerminated) string {
	code := fmt.Sprintf("exit code %d", t.ExitCode)
	if t.Reason != "" {
		code += " (" + t.Reason + ")"
	}
	return joined(code, t.Message)
}

// exits tells how the containers of a finished pod ended, as far as not well.
func exits(p corev1.Pod) string {
	var all []string
	for _, s := range slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses) {
		if t := s.State.Terminated; t != nil && t.ExitCode != 0 {
			all = append(all, fmt.Sprintf("container %q: %s", s.Name, exit(t)))
		}
	}
	return strings.Join(all, ", ")
}

// invalidImage tells whether a container asks for an image whose name is no image name, and the template still does.
func invalidImage(p corev1.Pod, template corev1.PodSpec) bool {
	for _, s := range slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses) {
		if s.State.Waiting == nil || s.State.Waiting.Reason != "InvalidImageName" {
			continue
		}
		if imageOf(p, s.Name) == imageIn(template, s.Name) {
			return true
		}
	}
	return false
}

func imageOf(p corev1.Pod, container string) string { return imageIn(p.Spec, container) }

func imageIn(spec corev1.PodSpec, container string) string {
	for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		if c.Name == container {
			return c.Image
		}
	}
	return ""
}

// isInit is true for containers that run to their end before the others; sidecars among them go on running.
func isInit(p corev1.Pod, container string) bool {
	return slices.ContainsFunc(p.Spec.InitContainers, func(c corev1.Container) bool {
		return c.Name == container && (c.RestartPolicy == nil || *c.RestartPolicy != corev1.ContainerRestartPolicyAlways)
	})
}

func podRef(p corev1.Pod) objects.Ref {
	return objects.Ref{Kind: "Pod", Namespace: p.Namespace, Name: p.Name}
}

func refOf(u *unstructured.Unstructured) objects.Ref { return objects.RefOf(u) }
