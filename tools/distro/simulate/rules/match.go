package rules

import (
	"maps"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"seatrial/tools/distro/simulate/image"
)

// Container is one container of a pod, as rules see it.
type Container struct {
	// Name is the container's name.
	Name string
	// Image is its image, as the pod has it.
	Image string
	// Extra marks init, sidecar and ephemeral containers: only rules that name a container or an image are about them.
	Extra bool
}

// Containers lists all containers of a pod.
func Containers(pod *corev1.Pod) []Container {
	var all []Container
	for _, c := range pod.Spec.InitContainers {
		all = append(all, Container{Name: c.Name, Image: c.Image, Extra: true})
	}
	for _, c := range pod.Spec.Containers {
		all = append(all, Container{Name: c.Name, Image: c.Image})
	}
	for _, c := range pod.Spec.EphemeralContainers {
		all = append(all, Container{Name: c.Name, Image: c.Image, Extra: true})
	}
	return all
}

// For is the first rule that matches, or nil.
func (all *Rules) For(pod *corev1.Pod, c Container) *Rule {
	if all == nil {
		return nil
	}
	for i := range all.Pods {
		if all.Pods[i].Match.matches(pod, c) {
			return &all.Pods[i]
		}
	}
	return nil
}

func (m *Match) matches(pod *corev1.Pod, c Container) bool {
	switch {
	case c.Extra && m.Image == "" && m.Container == "",
		m.Namespace != "" && m.Namespace != pod.Namespace,
		m.Container != "" && m.Container != c.Name,
		m.NameGlob != "" && !glob(m.NameGlob, pod.Name),
		!contains(pod.Labels, m.Labels):
		return false
	}
	return m.Image == "" || matchesImage(m.Image, c.Image)
}

func contains(labels, wanted map[string]string) bool {
	for key, value := range maps.All(wanted) {
		if have, found := labels[key]; !found || have != value {
			return false
		}
	}
	return true
}

// matchesImage takes the name as it is written, and its full form: "redis:*" is also about an image "redis".
func matchesImage(pattern, name string) bool {
	if glob(pattern, name) {
		return true
	}
	full, err := image.Full(name)
	if err != nil {
		return false
	}
	short := strings.TrimPrefix(strings.TrimPrefix(full, "docker.io/"), "library/")
	return glob(pattern, full) || glob(pattern, short)
}

// glob compares with a pattern in which * is any text, also with slashes, and ? is one character.
func glob(pattern, text string) bool {
	p, t := []rune(pattern), []rune(text)
	// star is where the last * was, and mark how far it reaches; without one, nothing can be tried again.
	i, j, star, mark := 0, 0, -1, 0
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
