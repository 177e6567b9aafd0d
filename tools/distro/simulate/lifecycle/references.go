package lifecycle

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// Missing is what a pod refers to and cannot be had.
type Missing struct {
	// Volumes has what is wrong with each volume that cannot be mounted.
	Volumes []MissingVolume
	// Environment has what is wrong with the environment of a container, by its name.
	Environment map[string]string
}

// MissingVolume is one volume that cannot be mounted.
type MissingVolume struct {
	// Volume is its name.
	Volume string
	// Why is the reason.
	Why string
}

// Any tells whether anything is missing.
func (m Missing) Any() bool { return len(m.Volumes) > 0 || len(m.Environment) > 0 }

// Lookup says which keys a ConfigMap or a Secret has, and whether it exists.
type Lookup func(object Object) (keys map[string]struct{}, found bool)

// Object names a ConfigMap or a Secret.
type Object struct {
	// Kind is "configmap" or "secret".
	Kind string
	// Namespace is the pod's.
	Namespace string
	// Name is the object's name.
	Name string
}

const (
	configMap = "configmap"
	secret    = "secret"
)

// want is one reference of a pod.
type want struct {
	Object
	keys     []string
	optional *bool
}

// FindMissing asks for everything that the pod cannot start without.
func FindMissing(pod *corev1.Pod, lookup Lookup) Missing {
	found := Missing{Environment: map[string]string{}}
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i]
		if why := firstProblem(pod, volumeWants(v), lookup, want.volumeProblem); why != "" {
			found.Volumes = append(found.Volumes, MissingVolume{Volume: v.Name, Why: why})
		}
	}
	for _, all := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range all {
			if why := firstProblem(pod, environmentWants(&all[i]), lookup, want.environmentProblem); why != "" {
				found.Environment[all[i].Name] = why
			}
		}
	}
	return found
}

func firstProblem(pod *corev1.Pod, wants []want, lookup Lookup, problem func(want, Lookup) string) string {
	for _, w := range wants {
		w.Namespace = pod.Namespace
		if why := problem(w, lookup); why != "" {
			return why
		}
	}
	return ""
}

func volumeWants(v *corev1.Volume) []want {
	switch {
	case v.ConfigMap != nil:
		return []want{{Object{configMap, "", v.ConfigMap.Name}, keysOf(v.ConfigMap.Items), v.ConfigMap.Optional}}
	case v.Secret != nil:
		return []want{{Object{secret, "", v.Secret.SecretName}, keysOf(v.Secret.Items), v.Secret.Optional}}
	case v.Projected == nil:
		return nil
	}
	var all []want
	for _, source := range v.Projected.Sources {
		if c := source.ConfigMap; c != nil {
			all = append(all, want{Object{configMap, "", c.Name}, keysOf(c.Items), c.Optional})
		}
		if c := source.Secret; c != nil {
			all = append(all, want{Object{secret, "", c.Name}, keysOf(c.Items), c.Optional})
		}
	}
	return all
}

func environmentWants(c *corev1.Container) []want {
	var all []want
	for _, from := range c.EnvFrom {
		if ref := from.ConfigMapRef; ref != nil {
			all = append(all, want{Object{configMap, "", ref.Name}, nil, ref.Optional})
		}
		if ref := from.SecretRef; ref != nil {
			all = append(all, want{Object{secret, "", ref.Name}, nil, ref.Optional})
		}
	}
	for _, e := range c.Env {
		if e.ValueFrom == nil {
			continue
		}
		if ref := e.ValueFrom.ConfigMapKeyRef; ref != nil {
			all = append(all, want{Object{configMap, "", ref.Name}, []string{ref.Key}, ref.Optional})
		}
		if ref := e.ValueFrom.SecretKeyRef; ref != nil {
			all = append(all, want{Object{secret, "", ref.Name}, []string{ref.Key}, ref.Optional})
		}
	}
	return all
}

func keysOf(items []corev1.KeyToPath) []string {
	var keys []string
	for _, item := range items {
		keys = append(keys, item.Key)
	}
	return keys
}

// problem is the key that is missing, or that the object is.
func (w want) problem(lookup Lookup) (key string, exists, ok bool) {
	if w.optional != nil && *w.optional {
		return "", true, true
	}
	have, exists := lookup(w.Object)
	if !exists {
		return "", false, false
	}
	for _, key := range w.keys {
		if _, found := have[key]; !found {
			return key, true, false
		}
	}
	return "", true, true
}

func (w want) volumeProblem(lookup Lookup) string {
	key, exists, ok := w.problem(lookup)
	switch {
	case ok:
		return ""
	case !exists:
		return fmt.Sprintf("%s %q not found", w.Kind, w.Name)
	case w.Kind == configMap:
		return "configmap references non-existent config key: " + key
	default:
		return "references non-existent secret key: " + key
	}
}

func (w want) environmentProblem(lookup Lookup) string {
	key, exists, ok := w.problem(lookup)
	title := map[string]string{configMap: "ConfigMap", secret: "Secret"}[w.Kind]
	switch {
	case ok:
		return ""
	case !exists:
		return fmt.Sprintf("%s %q not found", w.Kind, w.Name)
	default:
		return fmt.Sprintf("couldn't find key %s in %s %s/%s", key, title, w.Namespace, w.Name)
	}
}

// mounted tells whether the volumes are there; without them, a pod does not start.
func (s *step) mounted() bool {
	if len(s.Missing.Volumes) == 0 || s.anyStarted() || s.status.PodIP != "" {
		return true
	}
	s.repeat("", func() {
		for _, v := range s.Missing.Volumes {
			s.event(corev1.EventTypeWarning, "FailedMount", fmt.Sprintf("MountVolume.SetUp failed for volume %q : %s", v.Volume, v.Why), "")
		}
	})
	return false
}

// lacksConfig tells whether the environment of a container cannot be made.
func (s *step) lacksConfig(c container) bool {
	why := s.Missing.Environment[c.Name]
	if why == "" {
		return false
	}
	c.status.State = waiting("CreateContainerConfigError", why)
	s.repeat(c.Name, func() {
		s.pulled(c)
		s.event(corev1.EventTypeWarning, "Failed", "Error: "+why, c.path())
	})
	return true
}
