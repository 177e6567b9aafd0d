package wait

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// How much a wait puts up with before it says that something will not get ready any more. Each is long enough for what
// mends itself and short against any timeout.
const (
	// CrashLimit is how often a container may be started again before it is said that it ends again and again.
	CrashLimit = 4
	// CrashPatience is how long the starts of a container may end badly, however many they are. Kubelets before 1.37 pause
	// for 10, 20, 40 ... s between them, so that CrashLimit takes more than a minute; later ones for 1, 2, 4 ... s, and
	// programs that end until their database answers have not had it by then.
	CrashPatience = 30 * time.Second
	// PullPatience is how long an image may fail to be pulled for a reason that can pass, such as a registry that does
	// not answer: a kubelet tries three times meanwhile.
	PullPatience = 30 * time.Second
	// RefusalPatience is how long a refusal has to last that is about the object itself: an image that a registry does
	// not have, a pod that admission does not let in, a claim of a class that nobody made.
	RefusalPatience = 5 * time.Second
	// MissingPatience is how long something may be missing that a controller could still make: a ConfigMap, a Secret,
	// a claim, room in a quota, a node.
	MissingPatience = 30 * time.Second
)

// doom is a symptom that normally stays until somebody changes something. When it has stayed for too long, the object
// that has it is given up.
type doom struct {
	// why is the symptom, without anything that changes while it lasts.
	why string
	// after is how long it may last without a break.
	after time.Duration
	// crashes counts how often the container was started again, for a symptom that has to be seen often as well as long.
	crashes int
	// up tells that the container runs at the moment: this time it may go well.
	up bool
	// dependent symptoms can be cured by another object of the wait that is still on its way.
	dependent bool
}

// doomsOf are the symptoms of one pod.
func (x *index) doomsOf(p corev1.Pod) []doom {
	if podReady(p) || ended(p) || p.DeletionTimestamp != nil {
		return nil
	}
	if c := podCondition(p, corev1.PodScheduled); c.Status == corev1.ConditionFalse {
		return x.unschedulable(p, c)
	}
	var all []doom
	for _, s := range slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses) {
		if d, ok := x.doomOf(p, s); ok {
			all = append(all, d)
		}
	}
	if text := x.warning(p.UID, only("FailedMount")); len(all) == 0 && untouched(p) && isMissing(text) {
		all = append(all, doom{why: "a volume of its pod needs something that is not there", after: MissingPatience, dependent: true})
	}
	return all
}

// untouched tells whether no container of a pod has been made yet, for which its volumes must be there.
func untouched(p corev1.Pod) bool {
	return !slices.ContainsFunc(slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses), func(s corev1.ContainerStatus) bool {
		return s.State.Waiting == nil || s.RestartCount > 0
	})
}

func isMissing(text string) bool {
	return strings.Contains(text, "not found") || strings.Contains(text, "non-existent") || strings.Contains(text, "does not exist")
}

func (x *index) doomOf(p corev1.Pod, s corev1.ContainerStatus) (doom, bool) {
	reason, message := "", ""
	if s.State.Waiting != nil {
		reason, message = s.State.Waiting.Reason, s.State.Waiting.Message
	}
	image := imageOf(p, s.Name)
	switch reason {
	case "ErrImagePull", "ImagePullBackOff", "ImageInspectError", "RegistryUnavailable":
		patience := PullPatience
		if refused(joined(message, x.warning(p.UID, only("Failed")))) {
			patience = RefusalPatience
		}
		return doom{why: fmt.Sprintf("image %q cannot be pulled", image), after: patience}, true
	case "ErrImageNeverPull":
		return doom{why: fmt.Sprintf("image %q is not on the node and must not be pulled", image), after: RefusalPatience}, true
	case "CreateContainerConfigError":
		return doom{why: fmt.Sprintf("container %q needs something that is not there", s.Name), after: MissingPatience, dependent: true}, true
	}
	initialised := s.State.Terminated != nil && s.State.Terminated.ExitCode == 0
	if s.RestartCount > 0 && !s.Ready && !initialised {
		why := fmt.Sprintf("container %q ends again and again", s.Name)
		return doom{
			why: why, after: CrashPatience, crashes: int(s.RestartCount), up: s.State.Running != nil, dependent: true,
		}, true
	}
	return doom{}, false
}

// refused tells whether a registry has answered, and said no.
func refused(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc([]string{"not found", "manifest unknown", "denied", "unauthorized", "does not exist"}, func(s string) bool {
		return strings.Contains(text, s)
	})
}

// doomsBelow are the symptoms of the pods that count for a workload, and of a controller that can make none.
func (x *index) doomsBelow(u *unstructured.Unstructured, pods []corev1.Pod, want int32) []doom {
	var all []doom
	living := 0
	for _, p := range pods {
		if p.DeletionTimestamp == nil && !ended(p) {
			living++
		}
		all = append(all, x.doomsOf(p)...)
	}
	if living >= int(want) {
		return all
	}
	for _, maker := range append([]*unstructured.Unstructured{u}, x.children[u.GetUID()]...) {
		if text := x.warning(maker.GetUID(), only("FailedCreate")); text != "" {
			all = append(all, notMade(text))
		}
	}
	return all
}

// notMade is what the API server's answer means for pods that a controller wants to make.
func notMade(text string) doom {
	switch {
	case strings.Contains(text, "exceeded quota"):
		return doom{why: "a quota leaves no room for its pods", after: MissingPatience, dependent: true}
	case strings.Contains(text, "failed calling webhook"):
		return doom{why: "an admission webhook that has to see its pods cannot be called", after: MissingPatience, dependent: true}
	case strings.Contains(text, "denied the request"):
		return doom{why: "an admission webhook refuses its pods", after: RefusalPatience}
	case strings.Contains(text, "error looking up service account"):
		return doom{why: "the service account of its pods is not there", after: RefusalPatience}
	default:
		return doom{why: "the API server refuses its pods", after: RefusalPatience}
	}
}
