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
		all = append(all, p.differences()...)
	}
	return all
}

func (p pair) differences() []Difference {
	switch {
	case p.now == nil:
		return []Difference{{Kind: Missing, Object: p.then.Ref, Then: p.then.UID}}
	case p.then == nil:
		return []Difference{{Kind: LeftOver, Object: p.now.Ref, Now: p.now.UID, Manager: creator(*p.now)}}
	default:
		return compareObjects(*p.then, *p.now)
	}
}

// creator is who made an object that nobody owns.
func creator(o Object) string {
	if o.Owner != nil {
		return ""
	}
	return nameManagers(slices.DeleteFunc(slices.Clone(o.Managers), func(m Manager) bool { return m.Role == Cluster }))
}

func compareObjects(then, now Object) []Difference {
	var all []Difference
	if then.UID != now.UID {
		all = append(all, Difference{Kind: Recreated, Object: then.Ref, Then: then.UID, Now: now.UID})
	}
	c := comparison{object: then.Ref, lists: listerOf(now), managers: now.Managers}
	c.values(spot{}, then.Fields, now.Fields)
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
	object   objects.Ref
	lists    lister
	managers []Manager // of the object as it is now
	found    []Difference
}

func (c *comparison) values(at spot, then, now any) {
	if equal(then, now) {
		return
	}
	switch t := then.(type) {
	case map[string]any:
		if n, ok := now.(map[string]any); ok {
			c.maps(at, t, n)
			return
		}
	case []any:
		if n, ok := now.([]any); ok {
			c.elements(at, t, n)
			return
		}
	}
	c.tell(at, then, now)
}

// equal compares values as they stand, without a thought for keys: most of a ledger is equal in this way, and needs no
// closer look.
func equal(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for name, value := range x {
			other, there := y[name]
			if !there || !equal(value, other) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, equal)
	default:
		return same(a, b)
	}
}

func (c *comparison) tell(at spot, then, now any) {
	d := Difference{Kind: Changed, Object: c.object, Pointer: at.pointer, Field: at.field, Then: then, Now: now}
	if now != nil {
		d.Manager = nameManagers(managersAt(c.managers, at.now))
	}
	c.found = append(c.found, d)
}

func (c *comparison) maps(at spot, then, now map[string]any) {
	names := slices.Collect(maps.Keys(then))
	for name := range now {
		if _, both := then[name]; !both {
			names = append(names, name)
		}
	}
	for _, name := range slices.Sorted(slices.Values(names)) {
		c.values(at.key(name), then[name], now[name])
	}
}

func (c *comparison) elements(at spot, then, now []any) {
	names := c.lists.names(at.name, at.pattern, then, now)
	if names == nil {
		for i := range max(len(then), len(now)) {
			c.values(at.item(i, i, ""), element(then, i), element(now, i))
		}
		return
	}
	for i, name := range names[0] {
		j := slices.Index(names[1], name)
		c.values(at.item(i, j, name), then[i], element(now, j))
	}
	for i, name := range names[1] {
		if !slices.Contains(names[0], name) {
			c.values(at.item(i, i, name), nil, now[i])
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
	switch x := a.(type) {
	case string:
		y, ok := b.(string)
		return ok && x == y
	case int64:
		if y, ok := b.(float64); ok {
			return float64(x) == y
		}
	case float64:
		if y, ok := b.(int64); ok {
			return x == float64(y)
		}
	}
	return reflect.DeepEqual(a, b)
}
