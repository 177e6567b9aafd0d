package regression

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
)

// wrongHooks are the hooks for a rollback that the revision left behind has and the one gone to has not, or has otherwise:
// Helm runs those of the one gone to.
func wrongHooks(left, to helm.Release) []Finding {
	var found []Finding
	for _, hook := range left.Hooks {
		for _, event := range []string{"pre-rollback", "post-rollback"} {
			if !slices.Contains(hook.Events, event) {
				continue
			}
			f := Finding{
				Word: HookWrongRevision, Object: objects.Ref{Kind: hook.Kind, Namespace: left.Namespace, Name: hook.Name},
				Field: "metadata.annotations[helm.sh/hook]", Expected: "the " + event + " hook of the revision that is left to run",
			}
			counterpart := same(to.Hooks, hook, event)
			if counterpart == nil {
				f.Found = "no such hook in the revision gone to, so that it never ran"
				found = append(found, f)
				continue
			}
			if field := differing(hook, *counterpart); field != "" {
				f.Field, f.Found = field, "that of the revision gone to, which is another one"
				found = append(found, f)
			}
		}
	}
	return found
}

// same finds the hook of the same template, whose name may be another one in each revision.
func same(all []helm.Hook, wanted helm.Hook, event string) *helm.Hook {
	for i, hook := range all {
		if hook.Kind == wanted.Kind && hook.Path == wanted.Path && slices.Contains(hook.Events, event) {
			return &all[i]
		}
	}
	return nil
}

// differing is the first field of two hooks' specs that differs. Labels tell of the chart's version, and names may.
func differing(a, b helm.Hook) string {
	one, two := specOf(a), specOf(b)
	if one == nil || two == nil {
		return ""
	}
	return firstDifference("spec", one, two)
}

func specOf(hook helm.Hook) map[string]any {
	all, err := helm.Release{Manifest: hook.Manifest}.Objects()
	if err != nil || len(all) == 0 {
		return nil
	}
	spec, _, err := unstructured.NestedMap(all[0].Object, "spec")
	if err != nil {
		return nil
	}
	unstructured.RemoveNestedField(spec, "template", "metadata")
	return spec
}

// subchartsLeft are the subcharts that the values switch off and the manifest still has.
func subchartsLeft(values helm.Values, now state) []Finding {
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
