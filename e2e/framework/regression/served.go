package regression

import (
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"seatrial/e2e/framework/objects"
)

// unmatched is how clients of an API server tell that it does not serve a kind. Helm tells of which object it was.
var unmatched = regexp.MustCompile(`(?:for name: "([^"]*)" [^\n]*)?no matches for kind "([^"]+)" in version "([^"]+)"`)

// notServed are the objects of kinds that the cluster does not serve, of each kind one.
func (w *walk) notServed(text string) []Finding {
	var found []Finding
	for _, match := range unmatched.FindAllStringSubmatch(text, -1) {
		name, kind, version := match[1], match[2], match[3]
		group := schema.FromAPIVersionAndKind(version, kind).Group
		f := Finding{
			Word: KindNotServed, Object: objects.Ref{Group: group, Kind: kind, Namespace: w.room.namespace, Name: name}, Field: "apiVersion",
			Expected: version + " to be served", Found: "the cluster has no kind " + kind,
		}
		if other := served(w.api.Kinds(), kind); other != "" {
			f.Found = "the cluster has it as " + other
		}
		if !slices.ContainsFunc(found, f.same) {
			found = append(found, f)
		}
	}
	return found
}

// served are the versions as which a kind of this name is served, whatever its group.
func served(all []objects.Kind, kind string) string {
	var versions []string
	for _, k := range all {
		if k.Kind == kind {
			versions = append(versions, k.GroupVersion().String())
		}
	}
	return strings.Join(slices.Sorted(slices.Values(versions)), " or ")
}
