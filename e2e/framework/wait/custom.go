package wait

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

// isCustom tells whether a kind is none of Kubernetes' own.
func isCustom(gk schema.GroupKind) bool { return len(scheme.Scheme.VersionsForGroupKind(gk)) == 0 }

// custom judges an object whose kind somebody has defined, by the conventions for conditions that kstatus describes
// (sigs.k8s.io/cli-utils, pkg/kstatus): without any of them it is enough that it exists.
func custom(_ *index, u *unstructured.Unstructured) finding {
	seen, known, _ := unstructured.NestedInt64(u.Object, "status", "observedGeneration")
	if known && seen < u.GetGeneration() {
		return finding{reason: unseen}
	}
	if status, message := conditionOf(u, "Stalled"); status == "True" {
		return finding{reason: joined("its controller has given up", message), terminal: true}
	}
	for _, name := range []string{"Ready", "Available"} {
		status, message := conditionOf(u, name)
		switch status {
		case "":
			continue
		case "True":
			return finding{}
		default:
			return finding{reason: joined("not "+name, message)}
		}
	}
	if status, message := conditionOf(u, "Reconciling"); status == "True" {
		return finding{reason: joined("its controller is at work on it", message)}
	}
	return finding{}
}
