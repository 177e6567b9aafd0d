package regression

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
)

// lostHooks are the hooks for a rollback that the revision left behind has and the one gone to has not: Helm runs those of
// the one gone to, and so none of them.
func lostHooks(left, to helm.Release) []Finding {
	var found []Finding
	for _, hook := range left.Hooks {
		for _, event := range []string{"pre-rollback", "post-rollback"} {
			if slices.Contains(hook.Events, event) && !hasHook(to.Hooks, hook, event) {
				found = append(found, Finding{
					Word: HookWrongRevision, Object: objects.Ref{Kind: hook.Kind, Namespace: left.Namespace, Name: hook.Name},
					Field: hookField, Expected: "the " + event + " hook of the revision that is left to run",
					Found: "no such hook in the revision gone to, so that it never ran",
				})
			}
		}
	}
	return found
}

const hookField = "metadata.annotations[helm.sh/hook]"

// hasHook looks for the hook of the same template, whose name may be another one in each revision.
func hasHook(all []helm.Hook, wanted helm.Hook, event string) bool {
	return slices.ContainsFunc(all, func(hook helm.Hook) bool {
		return hook.Kind == wanted.Kind && hook.Path == wanted.Path && slices.Contains(hook.Events, event)
	})
}

// subchartsLeft are the subcharts that the values switch off and the manifest still has.
func subchartsLeft(values helm.Values, now *state) []Finding {
	var found []Finding
	for name, from := range subcharts(now.release.Manifest) {
		section, ok := values[name].(map[string]any)
		if !ok {
			continue
		}
		if on, said := section["enabled"].(bool); !said || on {
			continue
		}
		f := Finding{
			Word: SubchartLeft, Field: name + ".enabled", Expected: "nothing of subchart " + name + ", which the values switch off",
			Found: "objects of its templates, such as that of " + from.template,
		}
		if from.object != nil {
			f.Object = objects.RefOf(from.object)
			if f.Object.Namespace == "" {
				f.Object.Namespace = now.release.Namespace
			}
		}
		found = append(found, f)
	}
	return found
}

// origin is the first object that a subchart has in a manifest.
type origin struct {
	template string
	object   *unstructured.Unstructured
}

// subcharts are the direct subcharts that have objects in a manifest, by the comment that Helm writes above each.
func subcharts(manifest string) map[string]origin {
	const mark, folder = "# Source: ", "/charts/"
	all := map[string]origin{}
	for document := range strings.SplitSeq(manifest, "\n---\n") {
		_, rest, found := strings.Cut(document, mark)
		if !found {
			continue
		}
		template, _, _ := strings.Cut(rest, "\n")
		_, below, found := strings.Cut(template, folder)
		name, _, isFile := strings.Cut(below, "/")
		if !found || !isFile || all[name].template != "" {
			continue
		}
		from := origin{template: strings.TrimSpace(template)}
		if parsed, err := (helm.Release{Manifest: document}).Objects(); err == nil && len(parsed) > 0 {
			from.object = parsed[0]
		}
		all[name] = from
	}
	return all
}
