package match

import (
	"maps"
	"slices"
)

// owners holds against each pod that its ReplicaSet is not in the same output, if the document lists both.
func (c *comparison) owners(want, got output) {
	shown := names(want, "replicaset")
	if len(shown) == 0 {
		return
	}
	lines := map[string]int{}
	for full, line := range names(want, "pod") {
		n := readName("pod", full)
		if _, listed := shown[n.owner()]; !listed {
			line = -1
		}
		if before, known := lines[n.stem]; !known || line < before {
			lines[n.stem] = line
		}
	}
	sets := names(got, "replicaset")
	for _, full := range slices.Sorted(maps.Keys(names(got, "pod"))) {
		n := readName("pod", full)
		line, promised := lines[n.stem]
		if _, listed := sets[n.owner()]; listed || n.owner() == "" || !promised || line < 0 {
			continue
		}
		c.tell(Finding{
			Line: line, Row: "pod/" + n.String(), Column: "NAME", Kind: Identity,
			Expected: "a pod of a ReplicaSet of the same output", Actual: full,
		})
	}
}

// names gives the names of a kind in an output, with the lines where they stand.
func names(o output, kind string) map[string]int {
	found := map[string]int{}
	for _, t := range o.tables {
		named := t.index("NAME")
		for i := 0; named >= 0 && i < len(t.rows); i++ {
			if of, plain := splitKind(t.rows[i].cells[named]); of == kind {
				found[plain] = t.rows[i].line.number
			}
		}
	}
	return found
}
