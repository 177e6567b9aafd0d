package regression

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/objects"
)

// StandIn is an empty object in the place of a Secret or a ConfigMap that pods of a chart cannot do without and that is not
// of its templates: one of its programs has to make it, such as the Job that makes certificates before anything is
// installed. On nodes that run none, no pod would start that needs it, and nothing else of the chart could be looked at.
type StandIn struct {
	kind, name string
	// keys are those that somebody reads one by one.
	keys []string
	// by is the object whose program is told the name.
	by objects.Ref
}

// StandIns are in the place of what a program of the chart has to make before its pods can start; all are the objects of a
// revision, its hooks among them. What no program is told of has to come from the user, or nobody makes it.
func StandIns(all []*unstructured.Unstructured) []StandIn {
	var made []StandIn
	for _, one := range lacking(all) {
		by := slices.IndexFunc(all, func(u *unstructured.Unstructured) bool {
			// A program that needs it to start cannot make it.
			_, needy := needs(u)[objects.Ref{Kind: one.kind, Name: one.name}]
			return !needy && learns(u, one.name)
		})
		if by >= 0 {
			one.by = objects.RefOf(all[by])
			made = append(made, one)
		}
	}
	slices.SortFunc(made, func(a, b StandIn) int {
		return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.name, b.name))
	})
	return made
}

// lacking are the Secrets and ConfigMaps that pods need and that are not among the objects.
func lacking(all []*unstructured.Unstructured) []StandIn {
	keys := map[objects.Ref][]string{}
	for _, u := range all {
		for need, read := range needs(u) {
			keys[need] = append(keys[need], read...)
		}
	}
	for _, u := range all {
		delete(keys, objects.Ref{Kind: u.GetKind(), Name: u.GetName()})
	}
	var found []StandIn
	for need, read := range keys {
		found = append(found, StandIn{kind: need.Kind, name: need.Name, keys: read})
	}
	return found
}

// podOf is the pod that an object is or makes; nil if it is about none.
func podOf(u *unstructured.Unstructured) map[string]any {
	for _, way := range [][]string{{"spec", "jobTemplate", "spec", "template", "spec"}, {"spec", "template", "spec"}, {"spec"}} {
		pod, found, err := unstructured.NestedMap(u.Object, way...)
		if err == nil && found && len(containersOf(pod)) > 0 {
			return pod
		}
	}
	return nil
}

func containersOf(pod map[string]any) []map[string]any {
	return slices.Concat(elements(pod, "initContainers"), elements(pod, "containers"))
}

// needs are the Secrets and ConfigMaps that have to be there before the pod of an object can start, with the keys that it
// has to find.
func needs(u *unstructured.Unstructured) map[objects.Ref][]string {
	found := map[objects.Ref][]string{}
	need := func(kind string, source map[string]any, nameField string) {
		name, _ := source[nameField].(string)
		if optional, _ := source["optional"].(bool); name == "" || optional {
			return
		}
		ref := objects.Ref{Kind: kind, Name: name}
		found[ref] = append(found[ref], keysOf(source)...)
	}
	pod := podOf(u)
	for _, volume := range elements(pod, "volumes") {
		need("Secret", section(volume, "secret"), "secretName")
		need("ConfigMap", section(volume, "configMap"), "name")
		for _, source := range elements(volume, "projected", "sources") {
			need("Secret", section(source, "secret"), "name")
			need("ConfigMap", section(source, "configMap"), "name")
		}
	}
	for _, container := range containersOf(pod) {
		for _, from := range elements(container, "envFrom") {
			need("Secret", section(from, "secretRef"), "name")
			need("ConfigMap", section(from, "configMapRef"), "name")
		}
		for _, variable := range elements(container, "env") {
			need("Secret", section(variable, "valueFrom", "secretKeyRef"), "name")
			need("ConfigMap", section(variable, "valueFrom", "configMapKeyRef"), "name")
		}
	}
	return found
}

// keysOf are the keys that a reference to a Secret or a ConfigMap names.
func keysOf(source map[string]any) []string {
	var keys []string
	if key, ok := source["key"].(string); ok {
		keys = append(keys, key)
	}
	for _, item := range elements(source, "items") {
		if key, ok := item["key"].(string); ok {
			keys = append(keys, key)
		}
	}
	return keys
}

func section(object map[string]any, way ...string) map[string]any {
	found, _, _ := unstructured.NestedMap(object, way...)
	return found
}

// learns tells whether the program of an object is told a name: by its command, its variables, or a file that is in a
// ConfigMap.
func learns(u *unstructured.Unstructured, name string) bool {
	if u.GetKind() == "ConfigMap" {
		data, _, _ := unstructured.NestedStringMap(u.Object, "data")
		return slices.ContainsFunc(slices.Collect(maps.Values(data)), func(text string) bool { return names(text, name) })
	}
	for _, container := range containersOf(podOf(u)) {
		command, _, _ := unstructured.NestedStringSlice(container, "command")
		args, _, _ := unstructured.NestedStringSlice(container, "args")
		said := slices.Concat(command, args)
		for _, variable := range elements(container, "env") {
			if value, ok := variable["value"].(string); ok {
				said = append(said, value)
			}
		}
		if slices.ContainsFunc(said, func(text string) bool { return names(text, name) }) {
			return true
		}
	}
	return false
}

// names tells whether a text has a name that is no part of a longer one.
func names(text, name string) bool {
	part := func(r rune) bool {
		return r == '-' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	return slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return !part(r) }), name)
}
