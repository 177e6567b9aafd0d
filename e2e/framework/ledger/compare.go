package ledger

import (
	"maps"
	"reflect"
	"slices"

	"seatrial/e2e/framework/objects"
)

// Compare lists what differs now from then: object by object, sorted, and in each field by field.
func Compare(then, now Ledger) []Difference {
	var all []Difference
	for _, p := range pairs(then.Objects, now.Objects) {
		switch {
		case p.now == nil:
			all = append(all, Difference{Kind: Missing, Object: p.then.Ref, Then: p.then.UID})
		case p.then == nil:
			all = append(all, Difference{Kind: LeftOver, Object: p.now.Ref, Now: p.now.UID})
		default:
			all = append(all, compareObjects(*p.then, *p.now)...)
		}
	}
	return all
}

// pair is an object then and now; one of the two may be nil.
type pair struct{ then, now *Object }

// family is what makes two objects the same: their name, or for generated names whose they are.
type family struct {
	root objects.Ref
	kind string
}

func familyOf(o Object) family {
	if o.Root == nil {
		return family{root: o.Ref}
	}
	return family{root: *o.Root, kind: o.Kind}
}

func pairs(then, now []Object) []pair {
	before, after := families(then), families(now)
	all := slices.Collect(maps.Keys(before))
	for f := range after {
		if before[f] == nil {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b family) int {
		if c := objects.Compare(a.root, b.root); c != 0 {
			return c
		}
		return objects.Compare(objects.Ref{Kind: a.kind}, objects.Ref{Kind: b.kind})
	})
	var out []pair
	for _, f := range all {
		out = append(out, pairFamily(before[f], after[f])...)
	}
	return out
}

func families(all []Object) map[family][]*Object {
	out := map[family][]*Object{}
	for i := range all {
		f := familyOf(all[i])
		out[f] = append(out[f], &all[i])
	}
	for _, members := range out {
		slices.SortFunc(members, func(a, b *Object) int { return objects.Compare(a.Ref, b.Ref) })
	}
	return out
}

// pairFamily pairs objects that kept their name, then the others as they come: they are from the same template.
func pairFamily(then, now []*Object) []pair {
	var out []pair
	var lost []*Object
	for _, t := range then {
		i := slices.IndexFunc(now, func(n *Object) bool { return n.Ref == t.Ref })
		if i < 0 {
			lost = append(lost, t)
			continue
		}
		out = append(out, pair{then: t, now: now[i]})
		now = slices.Delete(slices.Clone(now), i, i+1)
	}
	for i := range max(len(lost), len(now)) {
		var p pair
		if i < len(lost) {
			p.then = lost[i]
		}
		if i < len(now) {
			p.now = now[i]
		}
		out = append(out, p)
	}
	return out
}

func compareObjects(then, now Object) []Difference {
	var all []Difference
	if then.UID != now.UID {
		all = append(all, Difference{Kind: Recreated, Object: then.Ref, Then: then.UID, Now: now.UID})
	}
	c := comparison{object: then.Ref, keyed: builtIn(then.Ref)}
	c.values("", then.Fields, now.Fields, place{})
	all = append(all, c.found...)
	return append(all, compareAllocations(then, now)...)
}

func compareAllocations(then, now Object) []Difference {
	var all []Difference
	tell := func(a Allocation, before, after any) {
		all = append(all, Difference{
			Kind: Reallocated, Object: then.Ref, Pointer: a.Pointer, Field: a.Field, Then: before, Now: after,
		})
	}
	by := func(field string) func(Allocation) bool {
		return func(a Allocation) bool { return a.Field == field }
	}
	for _, t := range then.Allocated {
		i := slices.IndexFunc(now.Allocated, by(t.Field))
		switch {
		case i < 0:
			tell(t, t.Value, nil)
		case !same(t.Value, now.Allocated[i].Value):
			tell(t, t.Value, now.Allocated[i].Value)
		}
	}
	for _, n := range now.Allocated {
		if !slices.ContainsFunc(then.Allocated, by(n.Field)) {
			tell(n, nil, n.Value)
		}
	}
	return all
}

// comparison collects the fields of one object that differ.
type comparison struct {
	object objects.Ref
	keyed  bool
	found  []Difference
}

func (c *comparison) values(name string, then, now any, at place) {
	switch t := then.(type) {
	case map[string]any:
		if n, ok := now.(map[string]any); ok {
			c.maps(t, n, at)
			return
		}
	case []any:
		if n, ok := now.([]any); ok {
			c.lists(name, t, n, at)
			return
		}
	}
	if !same(then, now) {
		c.found = append(c.found, Difference{
			Kind: Changed, Object: c.object, Pointer: at.pointer, Field: at.field, Then: then, Now: now,
		})
	}
}

func (c *comparison) maps(then, now map[string]any, at place) {
	names := slices.Collect(maps.Keys(then))
	for name := range now {
		if _, both := then[name]; !both {
			names = append(names, name)
		}
	}
	for _, name := range slices.Sorted(slices.Values(names)) {
		c.values(name, then[name], now[name], at.key(name))
	}
}

func (c *comparison) lists(list string, then, now []any, at place) {
	var names [][]string
	if c.keyed {
		names = namesIn(list, then, now)
	}
	if names == nil {
		for i := range max(len(then), len(now)) {
			c.values("", element(then, i), element(now, i), at.item(i, ""))
		}
		return
	}
	for i, name := range names[0] {
		c.values("", then[i], element(now, slices.Index(names[1], name)), at.item(i, name))
	}
	for i, name := range names[1] {
		if !slices.Contains(names[0], name) {
			c.values("", nil, now[i], at.item(i, name))
		}
	}
}

func element(list []any, i int) any {
	if i < 0 || i >= len(list) {
		return nil
	}
	return list[i]
}

// same compares leaves; a number is the same whether it was read as whole or not.
func same(a, b any) bool {
	x, ok := a.(int64)
	y, also := b.(float64)
	if ok && also {
		return float64(x) == y
	}
	if f, isFloat := a.(float64); isFloat {
		if i, isInt := b.(int64); isInt {
			return f == float64(i)
		}
	}
	return reflect.DeepEqual(a, b)
}
