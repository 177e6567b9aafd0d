package wait

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// lost says that the node of a pod is not ready, in its own words, or nothing if it is, or if nobody may look at nodes. What the
// pod's status says is then from before: nobody but the node's kubelet knows what has become of the containers.
func (x *index) lost(p corev1.Pod) string {
	for _, u := range x.byKind[schema.GroupKind{Kind: "Node"}] {
		if u.GetName() == p.Spec.NodeName {
			return unreadiness(u)
		}
	}
	return ""
}

// unreadiness is why a node is not ready, or nothing.
func unreadiness(u *unstructured.Unstructured) string {
	status, message := conditionOf(u, string(corev1.NodeReady))
	if status == "" || status == string(corev1.ConditionTrue) {
		return ""
	}
	return joined(fmt.Sprintf("its node %q is not ready", u.GetName()), message)
}

// ailing says which nodes take no pods at the moment because something is the matter with them: the scheduler only counts those
// with a taint that a pod does not tolerate, whatever put it there.
func (x *index) ailing() string {
	var all []string
	for _, u := range x.byKind[schema.GroupKind{Kind: "Node"}] {
		if why := ailment(u); why != "" {
			all = append(all, fmt.Sprintf("node %q %s", u.GetName(), why))
		}
	}
	const told = 3
	if more := len(all) - told; more > 0 {
		all = append(all[:told], fmt.Sprintf("and %d more nodes", more))
	}
	return strings.Join(all, "; ")
}

func ailment(u *unstructured.Unstructured) string {
	if status, message := conditionOf(u, string(corev1.NodeReady)); status != "" && status != string(corev1.ConditionTrue) {
		return joined("is not ready", message)
	}
	for _, pressure := range []corev1.NodeConditionType{corev1.NodeDiskPressure, corev1.NodeMemoryPressure, corev1.NodePIDPressure} {
		if status, message := conditionOf(u, string(pressure)); status == string(corev1.ConditionTrue) {
			return joined("has "+string(pressure), message)
		}
	}
	return ""
}

// inBrackets adds an explanation, if there is one.
func inBrackets(text, why string) string {
	if why == "" {
		return text
	}
	return text + " (" + why + ")"
}
