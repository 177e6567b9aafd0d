package ledger

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// Drift holds the live objects of a ledger against the manifest of their own revision: what somebody has changed beside
// Helm. Then is what the manifest asks for, with a JSON pointer into the manifest; Now is what is there.
//
// Two kinds of fields count: those that the manifest sets, and those that are owned by a manager who is neither Helm nor
// a part of Kubernetes. All others are defaults. Where an API has no defaults, such as for labels and the elements of keyed
// lists, whatever the manifest does not have was added. Hooks count if they ran for this revision.
func Drift(now Ledger) []Difference {
	var all []Difference
	for _, ref := range now.Absent {
		all = append(all, Difference{Kind: Missing, Object: ref})
	}
	for _, o := range now.Objects {
		all = append(all, driftOf(o, now.Record)...)
	}
	return all
}

func driftOf(o Object, record *Record) []Difference {
	if o.Manifest == nil || o.Hook != nil && !o.Hook.ranFor(record) {
		return nil
	}
	d := drift{comparison: comparison{object: o.Ref, lists: listerOf(o), managers: o.Managers}}
	d.values(spot{}, o.Manifest, o.Fields)
	d.foreign(o)
	return d.found
}

// drift is a comparison in which the first side leaves out what the API has defaults for.
type drift struct {
	comparison

	told []string // pointers into the live object
}

func (d *drift) tell(at spot, then, now any) {
	d.comparison.tell(at, then, now)
	d.told = append(d.told, at.now)
}

func (d *drift) values(at spot, then, now any) {
	if isZero(then) && isZero(now) {
		return
	}
	switch t := then.(type) {
	case nil:
		return // Helm takes null out of a manifest.
	case map[string]any:
		if n, ok := now.(map[string]any); ok {
			d.maps(at, t, n)
			return
		}
	case []any:
		if n, ok := now.([]any); ok {
			d.elements(at, t, n)
			return
		}
	}
	if !same(then, now) && !sameQuantity(at, then, now) {
		d.tell(at, then, now)
	}
}

// isZero tells whether a value is one that most APIs leave out when they write it.
func isZero(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case int64:
		return v == 0
	case float64:
		return v == 0
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	default:
		return false
	}
}

// sameQuantity compares amounts, which an API server writes in its own way: 0.5 of a processor is "500m".
func sameQuantity(at spot, then, now any) bool {
	tokens := segments(at.pointer)
	if len(tokens) < 2 {
		return false
	}
	holders := []string{"limits", "requests", "hard", "capacity", "overhead", "max", "min", "default", "defaultRequest", "allocatable"}
	fields := []string{"sizeLimit", "averageValue", "value", "divisor"}
	if !slices.Contains(holders, tokens[len(tokens)-2]) && !slices.Contains(fields, tokens[len(tokens)-1]) {
		return false
	}
	a, err := resource.ParseQuantity(strings.Trim(Text(then), `"`))
	if err != nil {
		return false
	}
	b, err := resource.ParseQuantity(strings.Trim(Text(now), `"`))
	return err == nil && a.Cmp(b) == 0
}

func (d *drift) maps(at spot, then, now map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(then)) {
		d.values(at.key(name), then[name], now[name])
	}
	if !d.free(at.name) {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if _, asked := then[name]; !asked && !isHelmMark(name) {
			d.added(at.key(name), now[name])
		}
	}
}

// free tells whether a map has only what somebody put there.
func (d *drift) free(name string) bool {
	switch name {
	case "data", "binaryData", "labels", "annotations", "matchLabels", "nodeSelector":
		return d.lists.builtIn || name == "labels" || name == "annotations"
	default:
		return false
	}
}

// isHelmMark tells whether a label or annotation is one that Helm puts on all it makes.
func isHelmMark(name string) bool {
	return name == "app.kubernetes.io/managed-by" || strings.HasPrefix(name, "meta.helm.sh/")
}

// added tells of something that is not in the manifest, unless Kubernetes itself has put it there.
func (d *drift) added(at spot, now any) {
	owners := managersAt(d.managers, at.now)
	switch {
	case anyRole(owners, Other):
	case len(owners) > 0 && !anyRole(owners, Helm):
		return
	case d.object.Kind == "Pod" && d.lists.builtIn:
		return // What admission adds to a pod counts as its maker's; Helm itself cannot change a pod.
	}
	d.tell(at, nil, now)
}

func (d *drift) elements(at spot, then, now []any) {
	names := d.lists.names(at.name, at.pattern, then, now)
	if names == nil {
		for i := range max(len(then), len(now)) {
			here := at.item(i, i, "")
			if i >= len(then) {
				d.added(here, now[i])
				continue
			}
			d.element(here, then[i], element(now, i))
		}
		return
	}
	for i, name := range names[0] {
		j := slices.Index(names[1], name)
		d.element(at.item(i, j, name), then[i], element(now, j))
	}
	for i, name := range names[1] {
		if !slices.Contains(names[0], name) {
			d.added(at.item(i, i, name), now[i])
		}
	}
}

// element is a value of a list: one that is gone is told, whatever it was.
func (d *drift) element(at spot, then, now any) {
	if now == nil && then != nil {
		d.tell(at, then, nil)
		return
	}
	d.values(at, then, now)
}

// foreign tells of fields that the manifest does not have, and that are owned by somebody else.
func (d *drift) foreign(o Object) {
	var pointers []string
	for _, m := range o.Managers {
		if m.Role == Other {
			pointers = append(pointers, m.Owns...)
		}
	}
	slices.Sort(pointers)
	for _, p := range slices.Compact(pointers) {
		covered := func(known string) bool { return p == known || strings.HasPrefix(p, known+"/") }
		if slices.ContainsFunc(d.told, covered) {
			continue
		}
		w := walk{lists: d.lists, beside: o.Manifest, asked: true}
		at, value, found := w.to(p, o.Fields)
		if _, isMap := value.(map[string]any); !found || w.asked || isMap && d.hasParts(p) && !w.isElement {
			continue
		}
		d.tell(at, nil, value)
	}
}

// hasParts tells whether somebody owns something below a pointer, so that the parts are told and not the whole.
func (d *drift) hasParts(pointer string) bool {
	return slices.ContainsFunc(d.managers, func(m Manager) bool { return slices.Contains(m.Owns, pointer) && !m.whole(pointer) })
}
