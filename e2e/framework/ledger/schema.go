package ledger

import (
	"context"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// keys gives the entries of custom resources the keys of their lists, from the definitions of their kinds.
func (w *writer) keys(ctx context.Context) error {
	wanted := map[schema.GroupKind][]*Object{}
	for _, o := range w.entries {
		if !builtIn(o.Ref) {
			wanted[o.GroupKind()] = append(wanted[o.GroupKind()], o)
		}
	}
	var queries []query
	for gk := range wanted {
		if m, err := w.client.Mapping(gk.WithVersion("")); err == nil {
			queries = append(queries, query{resource: definitions(), name: m.Resource.GroupResource().String()})
		}
	}
	live, err := w.read(ctx, queries)
	if err != nil {
		return err
	}
	for _, definition := range live {
		group, _, _ := unstructured.NestedString(definition.Object, "spec", "group")
		kind, _, _ := unstructured.NestedString(definition.Object, "spec", "names", "kind")
		for _, o := range wanted[schema.GroupKind{Group: group, Kind: kind}] {
			o.Keys = listKeys(definition, versionOf(o))
		}
	}
	return nil
}

func definitions() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
}

func versionOf(o *Object) string {
	text, _ := o.Fields["apiVersion"].(string)
	return schema.FromAPIVersionAndKind(text, o.Kind).Version
}

// listKeys reads x-kubernetes-list-type and x-kubernetes-list-map-keys in the schema of one version.
func listKeys(definition *unstructured.Unstructured, version string) map[string][]string {
	versions, _, _ := unstructured.NestedSlice(definition.Object, "spec", "versions")
	for _, v := range versions {
		m, _ := v.(map[string]any)
		if m["name"] != version {
			continue
		}
		root, _, _ := unstructured.NestedMap(m, "schema", "openAPIV3Schema")
		all := map[string][]string{}
		readKeys(root, "", all)
		if len(all) > 0 {
			return all
		}
	}
	return nil
}

func readKeys(node map[string]any, at string, all map[string][]string) {
	switch node["x-kubernetes-list-type"] {
	case "map":
		if keys, _, _ := unstructured.NestedStringSlice(node, "x-kubernetes-list-map-keys"); len(keys) > 0 {
			all[at] = keys
		}
	case "set":
		all[at] = []string{}
	}
	properties, _ := node["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if child, ok := properties[name].(map[string]any); ok {
			readKeys(child, at+"/"+escape(name), all)
		}
	}
	for _, below := range []string{"items", "additionalProperties"} {
		if child, ok := node[below].(map[string]any); ok {
			readKeys(child, at+"/*", all)
		}
	}
}

// lister finds the keys of the lists of one object.
type lister struct {
	builtIn bool
	keys    map[string][]string
}

func listerOf(o Object) lister { return lister{builtIn: builtIn(o.Ref), keys: o.Keys} }

// names are the keys of the elements of several lists at one place, or nil if only the index tells them apart. The pattern
// of the place has "*" for each element.
func (l lister) names(list, pattern string, lists ...[]any) [][]string {
	for known, keys := range l.keys {
		if fits(known, pattern) {
			return namesFor([][]string{keys}, lists...)
		}
	}
	if l.builtIn || pattern == "/metadata/"+list {
		return namesIn(list, lists...)
	}
	return nil
}

// fits compares JSON pointers; "*" in the known one stands for anything.
func fits(known, pattern string) bool {
	if known == pattern {
		return true
	}
	if !strings.Contains(known, "*") {
		return false
	}
	a, b := segments(known), segments(pattern)
	return len(a) == len(b) && allFit(a, b)
}

func allFit(a, b []string) bool {
	for i := range a {
		if a[i] != "*" && a[i] != b[i] {
			return false
		}
	}
	return true
}
