package ledger

import (
	"maps"
	"slices"

	"seatrial/e2e/framework/objects"
)

// pair is an object then and now; one of the two may be nil.
type pair struct{ then, now *Object }

// family is what makes two objects the same: their name, or for generated names whose they are, and their stem.
type family struct {
	root       objects.Ref
	kind, stem string
}

func familyOf(o Object) family {
	if o.Root == nil || o.Stem == "" {
		return family{root: o.Ref}
	}
	return family{root: *o.Root, kind: o.Kind, stem: o.Stem}
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
		return objects.Compare(objects.Ref{Kind: a.kind, Name: a.stem}, objects.Ref{Kind: b.kind, Name: b.stem})
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
