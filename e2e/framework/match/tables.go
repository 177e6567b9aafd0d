package match

import (
	"maps"
	"slices"
	"strings"
)

// tables compares the tables of two outputs, each with the one of its kinds or columns.
func (c *comparison) tables(want, got output) {
	left := make([]bool, len(got.tables))
	for i := range left {
		left[i] = true
	}
	for i, j := range c.pairTables(want.tables, got.tables) {
		w := want.tables[i]
		if j < 0 {
			c.tell(Finding{Line: w.line.number, Kind: MissingTable, Expected: collapse(w.line.text), Note: saidInstead(got)})
			continue
		}
		left[j] = false
		c.table(w, got.tables[j])
	}
	for j, g := range got.tables {
		if left[j] && !want.elided {
			c.tell(Finding{Line: -1, Kind: SurplusTable, Actual: collapse(g.line.text)})
		}
	}
	c.owners(want, got)
}

// saidInstead is what came if it was no table.
func saidInstead(got output) string {
	if len(got.text) == 0 || len(got.tables) > 0 {
		return ""
	}
	return got.text[0].text
}

// pairTables gives for each table of the document the index of the one to compare it with, or -1.
func (c *comparison) pairTables(want, got []*table) []int {
	waiting := map[string][]int{}
	for j, g := range got {
		s := c.shape(g)
		waiting[s] = append(waiting[s], j)
	}
	pairs := make([]int, len(want))
	for i, w := range want {
		pairs[i] = -1
		if s := c.shape(w); len(waiting[s]) > 0 {
			pairs[i], waiting[s] = waiting[s][0], waiting[s][1:]
		}
	}
	rest := slices.Sorted(flatten(waiting))
	const most = 1000
	if len(rest)*len(want) > most {
		return pairs
	}
	for i, w := range want {
		if pairs[i] >= 0 || len(rest) == 0 {
			continue
		}
		best := slices.MaxFunc(rest, func(a, b int) int { return c.likeness(w, got[a]) - c.likeness(w, got[b]) })
		if c.likeness(w, got[best]) > 0 {
			pairs[i] = best
			rest = slices.DeleteFunc(rest, func(j int) bool { return j == best })
		}
	}
	return pairs
}

func flatten(lists map[string][]int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for _, key := range slices.Sorted(maps.Keys(lists)) {
			for _, i := range lists[key] {
				if !yield(i) {
					return
				}
			}
		}
	}
}

// shape is the same for tables with the same columns and kinds.
func (c *comparison) shape(t *table) string {
	return strings.Join(t.titles, "\t") + "\n" + strings.Join(c.kindsIn(t), "\t")
}

// kindsIn lists the kinds that the names in a table begin with.
func (c *comparison) kindsIn(t *table) []string {
	found := map[string]bool{}
	for _, r := range t.rows {
		if kind, _ := splitKind(t.cell(r, "NAME")); kind != "" {
			found[kind] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// likeness tells how much two tables that are not of one shape are about the same; 0 is not at all.
func (c *comparison) likeness(w, g *table) int {
	shared := func(a, b []string) int {
		n := 0
		for _, s := range a {
			if slices.Contains(b, s) {
				n++
			}
		}
		return n
	}
	wantKinds, gotKinds := c.kindsIn(w), c.kindsIn(g)
	const kindWeight = 1000
	kinds, titles := shared(wantKinds, gotKinds), shared(w.titles, g.titles)
	if kinds == 0 && (len(wantKinds) > 0 && len(gotKinds) > 0 || titles*2 < len(w.titles)) {
		return 0
	}
	return kinds*kindWeight + titles + 1
}
