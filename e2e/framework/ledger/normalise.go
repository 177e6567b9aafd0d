package ledger

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/objects"
)

// Normalise makes the entry of a live object. The manifest, if there is one, tells allocated values from wanted ones.
func Normalise(live, manifest *unstructured.Unstructured) Object {
	content := live.DeepCopy()
	tokenVolumes(content)
	entry := Object{Ref: objects.RefOf(live), UID: string(live.GetUID()), Fields: content.Object, Kept: keptBecause(live)}
	if owner := metav1.GetControllerOf(live); owner != nil {
		ref := ownerRef(live.GetNamespace(), *owner)
		entry.Owner = &ref
		if entry.Stem = stemOf(live, ref); entry.Stem != "" {
			unstructured.RemoveNestedField(entry.Fields, "metadata", "name")
		}
	}
	entry.Managers = managersOf(live, entry.Fields)
	var beside any
	if manifest != nil {
		beside = manifest.Object
		entry.Manifest = normaliseManifest(entry.Ref, manifest)
	}
	for _, r := range rulesFor(entry.Ref, entry.Fields) {
		n := normaliser{rule: r, entry: &entry}
		n.walk(segments(r.Path), "", entry.Fields, beside, place{})
	}
	sortEndpoints(entry)
	// What a rule took away, nobody owns.
	entry.Managers = managersOf(live, entry.Fields)
	return entry
}

// normaliseManifest is what a revision asks for, in the form of the live object: without what is no decision, and with the
// plain text of a Secret where the API puts it.
func normaliseManifest(ref objects.Ref, manifest *unstructured.Unstructured) map[string]any {
	content := manifest.DeepCopy().Object
	if plain, ok := content["stringData"].(map[string]any); ok && ref.Kind == "Secret" && ref.Group == "" {
		data, _ := content["data"].(map[string]any)
		if data == nil {
			data = map[string]any{}
		}
		for key, value := range plain {
			data[key] = base64.StdEncoding.EncodeToString(fmt.Append(nil, value))
		}
		content["data"] = data
		delete(content, "stringData")
	}
	entry := Object{Ref: ref}
	for _, r := range rulesFor(ref, content) {
		if r.Fate == Allocated || r.Path == clusterIPs {
			continue
		}
		n := normaliser{rule: r, entry: &entry}
		n.walk(segments(r.Path), "", content, nil, place{})
	}
	return content
}

// sortEndpoints gives the endpoints of a slice an order. They have no key any more once the pods' names are gone.
func sortEndpoints(o Object) {
	list, ok := o.Fields["endpoints"].([]any)
	if o.Kind == "EndpointSlice" && ok {
		sortByText(list)
	}
	subsets, ok := o.Fields["subsets"].([]any)
	if o.Kind != "Endpoints" || !ok {
		return
	}
	for _, s := range subsets {
		m, _ := s.(map[string]any)
		for _, name := range []string{"addresses", "notReadyAddresses", "ports"} {
			if list, ok := m[name].([]any); ok {
				sortByText(list)
			}
		}
	}
	sortByText(subsets)
}

func sortByText(list []any) {
	slices.SortStableFunc(list, func(a, b any) int { return strings.Compare(Text(a), Text(b)) })
}

// normaliser applies one rule to one object.
type normaliser struct {
	rule  Rule
	entry *Object
}

// walk follows the path of the rule through the live object, and through the manifest beside it.
// It tells whether the value itself has to go.
func (n normaliser) walk(path []string, name string, value, wanted any, at place) (remove bool) {
	if len(path) == 0 {
		return n.apply(value, wanted, at)
	}
	switch v := value.(type) {
	case map[string]any:
		n.walkMap(path, v, wanted, at)
		return len(v) == 0
	case []any:
		n.walkList(path, name, v, wanted, at)
	}
	return false
}

// drop takes the elements that the rule is for out of a list, and a list that is empty then out of m.
func (n normaliser) drop(m map[string]any, name string, list []any) {
	left := slices.DeleteFunc(slices.Clone(list), func(e any) bool { return e == n.rule.Value })
	m[name] = left
	if len(left) == 0 {
		delete(m, name)
	}
}

func (n normaliser) walkMap(path []string, m map[string]any, wanted any, at place) {
	names := []string{path[0]}
	if path[0] == "*" {
		names = slices.Sorted(maps.Keys(m))
	}
	beside, _ := wanted.(map[string]any)
	for _, name := range names {
		value, ok := m[name]
		if !ok {
			continue
		}
		if n.rule.Fate == Digested && len(path) == 1 {
			m[name] = digest(value)
			continue
		}
		if list, isList := value.([]any); isList && n.rule.Value != "" {
			n.drop(m, name, list)
			continue
		}
		if n.walk(path[1:], name, value, beside[name], at.key(name)) {
			delete(m, name)
		}
	}
}

func (n normaliser) walkList(path []string, list string, elements []any, wanted any, at place) {
	beside, _ := wanted.([]any)
	names := namesIn(list, elements, beside)
	for i, e := range elements {
		var partner any
		name := ""
		switch {
		case names != nil:
			name = names[0][i]
			if j := slices.Index(names[1], name); j >= 0 {
				partner = beside[j]
			}
		case i < len(beside):
			partner = beside[i]
		}
		n.walk(path[1:], "", e, partner, at.item(i, name))
	}
}

func (n normaliser) apply(value, wanted any, at place) (remove bool) {
	if wanted != nil || value == "None" && n.rule.Path == "/spec/clusterIP" {
		// Somebody decided: a headless Service is no allocation either.
		return n.rule.Fate == Dropped && n.rule.Path != clusterIPs
	}
	if n.rule.Fate == Allocated {
		if owners := managersAt(n.entry.Managers, at.pointer); anyRole(owners, Other) || n.rule.By != "" && !anyNamed(owners, n.rule.By) {
			return false // Somebody decided, beside the manifest.
		}
		n.entry.Allocated = append(n.entry.Allocated, Allocation{Field: at.field, Pointer: at.pointer, Value: value})
	}
	return true
}

func digest(value any) string {
	sum := sha256.Sum256(fmt.Append(nil, value))
	return "sha256:" + hex.EncodeToString(sum[:8])
}

// tokenVolumes takes the random part from the name of the volume that the ServiceAccount admission plugin adds to pods.
func tokenVolumes(u *unstructured.Unstructured) {
	if u.GetKind() != "Pod" {
		return
	}
	rename := func(path ...string) {
		list, _, _ := unstructured.NestedSlice(u.Object, path...)
		for _, e := range list {
			renameToken(e)
			m, _ := e.(map[string]any)
			mounts, _, _ := unstructured.NestedSlice(m, "volumeMounts")
			for _, mount := range mounts {
				renameToken(mount)
			}
			if mounts != nil {
				m["volumeMounts"] = mounts
			}
		}
		if list != nil {
			// The value comes from NestedSlice, so it is of a kind that can be set.
			_ = unstructured.SetNestedSlice(u.Object, list, path...)
		}
	}
	rename("spec", "volumes")
	rename("spec", "containers")
	rename("spec", "initContainers")
}

func renameToken(element any) {
	const prefix = "kube-api-access"
	m, ok := element.(map[string]any)
	if name, isText := m["name"].(string); ok && isText && strings.HasPrefix(name, prefix+"-") {
		m["name"] = prefix
	}
}
