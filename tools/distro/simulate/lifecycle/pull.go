package lifecycle

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"seatrial/tools/distro/simulate/rules"
)

const (
	errImagePull     = "ErrImagePull"
	imagePullBackOff = "ImagePullBackOff"
)

// pulled reports an image that is there, as every image is.
func (s *step) pulled(c container) {
	if c.ImagePullPolicy == corev1.PullAlways {
		s.event(corev1.EventTypeNormal, "Pulling", fmt.Sprintf("Pulling image %q", c.Image), c.path())
		s.event(corev1.EventTypeNormal, "Pulled", fmt.Sprintf("Successfully pulled image %q in 0s (0s including waiting). Image size: 0 bytes.", c.Image), c.path())
		return
	}
	s.event(corev1.EventTypeNormal, "Pulled", fmt.Sprintf("Container image %q already present on machine", c.Image), c.path())
}

// invalidName is the end for a container whose image cannot even be asked for.
func (s *step) invalidName(c container, err error) {
	message := fmt.Sprintf("Failed to apply default image tag %q: %v", c.Image, err)
	c.status.State = waiting("InvalidImageName", message)
	s.repeat(c.Name, func() {
		s.event(corev1.EventTypeWarning, "InspectFailed", message, c.path())
		s.event(corev1.EventTypeWarning, "Failed", "Error: InvalidImageName", c.path())
	})
}

// pullFails goes on with a pull that a rule lets fail; it is false if there is no such rule.
func (s *step) pullFails(c container, full string) bool {
	rule := s.Rules[c.Name]
	if !rule.Is(rules.PullBackOff) {
		return false
	}
	reason := rule.Text(fmt.Sprintf("rpc error: code = NotFound desc = failed to pull and unpack image %[1]q: failed to resolve image: %[1]s: not found", full))
	mark := s.out.Memory[c.Name]
	state := c.status.State.Waiting
	failing := state != nil && (state.Reason == errImagePull || state.Reason == imagePullBackOff)
	switch {
	case failing && s.Now.Before(mark.Next):
		s.again(mark.Next.Sub(s.Now))
		return true
	case !failing:
		mark = Mark{Since: s.Now, Tries: 1, Next: s.Now.Add(Moment)}
		s.pullFailed(c, reason)
		c.status.State = waiting(errImagePull, reason)
	case state.Reason == errImagePull:
		mark.Next = s.Now.Add(backOff(int32(mark.Tries))) //nolint:gosec // It is a small count, and more than a few are the same.
		s.pullPauses(c)
		c.status.State = waiting(imagePullBackOff, fmt.Sprintf("Back-off pulling image %q: %s: %s", c.Image, errImagePull, reason))
	default:
		// Another try; the status goes on saying what it said, so that nobody sees it flap.
		mark.Tries = min(mark.Tries+1, 1000)
		mark.Next = s.Now.Add(backOff(int32(mark.Tries))) //nolint:gosec // As above.
		s.pullFailed(c, reason)
		s.pullPauses(c)
	}
	s.out.Memory[c.Name] = mark
	s.again(mark.Next.Sub(s.Now))
	return true
}

func (s *step) pullFailed(c container, reason string) {
	s.event(corev1.EventTypeNormal, "Pulling", fmt.Sprintf("Pulling image %q", c.Image), c.path())
	s.event(corev1.EventTypeWarning, "Failed", fmt.Sprintf("Failed to pull image %q: %s", c.Image, reason), c.path())
	s.event(corev1.EventTypeWarning, "Failed", "Error: "+errImagePull, c.path())
}

func (s *step) pullPauses(c container) {
	s.event(corev1.EventTypeNormal, "BackOff", fmt.Sprintf("Back-off pulling image %q", c.Image), c.path())
	s.event(corev1.EventTypeWarning, "Failed", "Error: "+imagePullBackOff, c.path())
}
