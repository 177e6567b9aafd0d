package regression

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Exclusive tells whether an object asks for something that a cluster or each of its nodes has only once: a port of the
// nodes, or an address for its Service. Two paths side by side would take it from each other.
func Exclusive(u *unstructured.Unstructured) bool {
	if u.GetKind() == "Service" {
		address, _, _ := unstructured.NestedString(u.Object, "spec", "clusterIP")
		return address != "" && address != "None" || given(u.Object, "spec", "healthCheckNodePort") ||
			slices.ContainsFunc(elements(u.Object, "spec", "ports"), func(port map[string]any) bool { return given(port, "nodePort") })
	}
	pod := podOf(u)
	onHost, _, _ := unstructured.NestedBool(pod, "hostNetwork")
	for _, container := range containersOf(pod) {
		for _, port := range elements(container, "ports") {
			if onHost || given(port, "hostPort") {
				return true
			}
		}
	}
	return false
}

// elements are the elements of a list of objects; nothing where it is none.
func elements(object map[string]any, way ...string) []map[string]any {
	list, _, _ := unstructured.NestedSlice(object, way...)
	var all []map[string]any
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}

// given tells whether a number is there and not 0.
func given(object map[string]any, way ...string) bool {
	value, found, err := unstructured.NestedFieldNoCopy(object, way...)
	return err == nil && found && value != nil && value != int64(0) && value != float64(0)
}
