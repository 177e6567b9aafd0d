package ledger

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Role is what a manager of fields is to the release.
type Role string

const (
	// Helm made the release's objects.
	Helm Role = "helm"
	// Cluster managers are parts of Kubernetes itself, such as its controllers.
	Cluster Role = "cluster"
	// Other managers are people with kubectl, and operators.
	Other Role = "other"
)

// Manager owns fields of an object, as its metadata.managedFields says.
type Manager struct {
	// Name is such as "helm" or "kubectl-edit".
	Name string `json:"name"`
	Role Role   `json:"role"`
	// Operation is "Apply" for server-side apply, else "Update".
	Operation string `json:"operation"`
	// Subresource is such as "scale", if the fields were written through one.
	Subresource string `json:"subresource,omitempty"`
	// Time of the last change of what the manager owns.
	Time time.Time `json:"time,omitzero"`
	// Owns are JSON pointers into the fields.
	Owns []string `json:"owns"`
}

// clusterManagers are the names under which the parts of Kubernetes write, which are those of their programs. Some
// distributions have one program for all.
func clusterManagers() []string {
	return []string{
		"kube-controller-manager", "kube-scheduler", "kube-apiserver", "kubelet", "kube-proxy", "cloud-controller-manager", "k3s", "rke2", "k0s",
		"clusterrole-aggregation-controller", // A controller that applies under a name of its own.
	}
}

// MadeBy tells who has written an object first, and whether that were parts of Kubernetes alone: a ClusterRole, for example,
// may be aggregated anew just when it was deleted. Who has applied nothing is not known, and only controllers do that.
func MadeBy(live *unstructured.Unstructured) (manager string, byCluster bool) {
	for _, e := range entriesOf(live) {
		if !slices.Contains(clusterManagers(), e.manager) {
			return e.manager, false
		}
		manager = cmp.Or(manager, e.manager)
	}
	return manager, true
}

// managersOf reads who owns which field of an object. Only fields that are in value count: what a ledger leaves out has
// no owner in it.
func managersOf(live *unstructured.Unstructured, value map[string]any) []Manager {
	var all []Manager
	entries := entriesOf(live)
	helm := helmManager(entries)
	for _, e := range entries {
		m := Manager{Name: e.manager, Role: Other, Operation: e.operation, Subresource: e.subresource, Time: e.time}
		switch {
		case slices.Contains(clusterManagers(), e.manager):
			m.Role = Cluster
		case e.manager == helm:
			m.Role = Helm
		}
		o := ownership{}
		o.walk(e.fields, value, "")
		if m.Owns = o.pointers; len(m.Owns) > 0 {
			all = append(all, m)
		}
	}
	return all
}

// entry is one of metadata.managedFields. The typed client would write the fields as text, only for them to be read again.
type entry struct {
	manager, operation, subresource string

	time   time.Time // zero if it does not say
	fields map[string]any
}

// entriesOf leaves empty what is not as an API server writes it: without it, nobody owns anything.
func entriesOf(live *unstructured.Unstructured) []entry {
	found, _, _ := unstructured.NestedFieldNoCopy(live.Object, "metadata", "managedFields")
	list, _ := found.([]any)
	all := make([]entry, 0, len(list))
	for _, one := range list {
		m, _ := one.(map[string]any)
		var e entry
		e.manager, _ = m["manager"].(string)
		e.operation, _ = m["operation"].(string)
		e.subresource, _ = m["subresource"].(string)
		e.fields, _ = m["fieldsV1"].(map[string]any)
		if text, _ := m["time"].(string); text != "" {
			if at, err := time.Parse(time.RFC3339, text); err == nil {
				e.time = at.UTC()
			}
		}
		all = append(all, e)
	}
	return all
}

// helmManager is the name under which Helm wrote the object: the program that has the SDK in it. Helm's own mark on the
// object tells; what has no mark, such as a hook, was made by Helm and nobody else, so that its maker is the first to write.
func helmManager(entries []entry) string {
	first := ""
	var since time.Time
	for _, e := range entries {
		if slices.Contains(clusterManagers(), e.manager) || e.subresource != "" {
			continue
		}
		metadata, _ := e.fields["f:metadata"].(map[string]any)
		annotations, _ := metadata["f:annotations"].(map[string]any)
		if _, marked := annotations["f:meta.helm.sh/release-name"]; marked {
			return e.manager
		}
		if first == "" || !e.time.IsZero() && !since.IsZero() && e.time.Before(since) {
			first, since = e.manager, e.time
		}
	}
	return first
}

// ownership collects JSON pointers out of one entry of managedFields. Its format is that of Kubernetes' FieldsV1: "f:" and
// the name of a field, "k:" and the keys of a list element, "v:" and a value of a set, "i:" and an index, "." for the item itself.
type ownership struct{ pointers []string }

func (o *ownership) walk(fields map[string]any, value any, at string) {
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		if path == "." {
			o.pointers = append(o.pointers, at)
			continue
		}
		token, child, found := step(path, value)
		if !found {
			continue
		}
		here := at + "/" + escape(token)
		if below, _ := fields[path].(map[string]any); len(below) > 0 {
			o.walk(below, child, here)
		} else {
			o.pointers = append(o.pointers, here)
		}
	}
}

// step goes down one path element of FieldsV1.
func step(path string, value any) (token string, child any, found bool) {
	kind, rest, _ := strings.Cut(path, ":")
	if m, ok := value.(map[string]any); ok && kind == "f" {
		child, found = m[rest]
		return rest, child, found
	}
	list, ok := value.([]any)
	if !ok {
		return "", nil, false
	}
	i := -1
	switch kind {
	case "k":
		var keys map[string]any
		if err := json.Unmarshal([]byte(rest), &keys); err != nil {
			return "", nil, false
		}
		i = slices.IndexFunc(list, func(e any) bool { return hasKeys(e, keys) })
	case "v":
		i = slices.IndexFunc(list, func(e any) bool { return Text(e) == rest })
	case "i":
		if n, err := strconv.Atoi(rest); err == nil && n < len(list) {
			i = n
		}
	}
	if i < 0 {
		return "", nil, false
	}
	return strconv.Itoa(i), list[i], true
}

func hasKeys(element any, keys map[string]any) bool {
	m, ok := element.(map[string]any)
	if !ok {
		return false
	}
	for name, want := range keys {
		have := m[name]
		if have == nil && name == "protocol" {
			have = defaultProtocol
		}
		if fmt.Sprint(have) != fmt.Sprint(want) {
			return false
		}
	}
	return true
}

// managersAt are those who own the value at a pointer: the value itself, else what is in it, else the whole it is a part of.
func managersAt(all []Manager, pointer string) []Manager {
	exact, inside, around := []Manager{}, []Manager{}, []Manager{}
	for _, m := range all {
		switch {
		case slices.Contains(m.Owns, pointer):
			exact = append(exact, m)
		case slices.ContainsFunc(m.Owns, func(p string) bool { return strings.HasPrefix(p, pointer+"/") }):
			inside = append(inside, m)
		case slices.ContainsFunc(m.Owns, func(p string) bool { return p != "" && strings.HasPrefix(pointer, p+"/") && m.whole(p) }):
			around = append(around, m)
		}
	}
	for _, found := range [][]Manager{exact, inside, around} {
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// whole tells whether the manager owns a value as one, and not only that it is there.
func (m Manager) whole(pointer string) bool {
	return !slices.ContainsFunc(m.Owns, func(p string) bool { return strings.HasPrefix(p, pointer+"/") })
}

// nameManagers is a list of managers on one line.
func nameManagers(all []Manager) string {
	var names []string
	for _, m := range all {
		if !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	return strings.Join(names, ", ")
}

func anyRole(all []Manager, role Role) bool {
	return slices.ContainsFunc(all, func(m Manager) bool { return m.Role == role })
}

func anyNamed(all []Manager, name string) bool {
	return slices.ContainsFunc(all, func(m Manager) bool { return m.Name == name })
}
