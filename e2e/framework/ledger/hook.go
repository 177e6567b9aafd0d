package ledger

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Annotations by which a chart tells Helm what an object is.
const (
	hookAnnotation   = "helm.sh/hook"
	hookDeletePolicy = "helm.sh/hook-delete-policy"
	resourcePolicy   = "helm.sh/resource-policy"
)

// Hook is what the chart says about an object that Helm makes at events.
type Hook struct {
	// Events are such as "pre-install" and "post-upgrade".
	Events []string `json:"events"`
	// DeletePolicies say when Helm deletes the object, such as "hook-succeeded". Helm's default is "before-hook-creation".
	DeletePolicies []string `json:"deletePolicies"`
}

// hookOf reads the annotations of a hook.
func hookOf(u *unstructured.Unstructured) *Hook {
	h := Hook{Events: words(u, hookAnnotation), DeletePolicies: words(u, hookDeletePolicy)}
	if len(h.DeletePolicies) == 0 {
		h.DeletePolicies = []string{"before-hook-creation"}
	}
	return &h
}

func words(u *unstructured.Unstructured, annotation string) []string {
	all := []string{}
	for word := range strings.SplitSeq(u.GetAnnotations()[annotation], ",") {
		if word = strings.ToLower(strings.TrimSpace(word)); word != "" {
			all = append(all, word)
		}
	}
	return all
}

// ranFor tells whether the hook ran for the operation that made a revision.
func (h Hook) ranFor(r *Record) bool {
	return r != nil && slices.ContainsFunc(h.Events, func(event string) bool {
		return event == "pre-"+r.Action() || event == "post-"+r.Action()
	})
}

// keptBecause says why Helm leaves an object behind, or nothing.
func keptBecause(u *unstructured.Unstructured) string {
	if policy := strings.ToLower(strings.TrimSpace(u.GetAnnotations()[resourcePolicy])); policy == "keep" {
		return resourcePolicy + ": keep"
	}
	return ""
}
