package match

import (
	"maps"
	"slices"
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
	waiting := newQueues(len(got))
	var shape []byte
	for j, g := range got {
		shape = g.shape(shape[:0])
		waiting.add(string(shape), j)
	}
	pairs := make([]int, len(want))
	for i, w := range want {
		shape = w.shape(shape[:0])
		pairs[i] = waiting.take(string(shape))
	}
	c.pairAlike(want, got, likely{pairs: pairs, rest: waiting.rest()})
	return pairs
}

// likely has the tables that found no other of their shape.
type likely struct {
	pairs, rest []int
}

// pairAlike pairs the tables that are left with those most like them.
func (c *comparison) pairAlike(want, got []*table, left likely) {
	const most = 1000
	if len(left.rest)*len(want) > most || len(left.rest) == 0 {
		return
	}
	about := make(map[int]contents, len(left.rest))
	for _, j := range left.rest {
		about[j] = got[j].contents()
	}
	for i, w := range want {
		if left.pairs[i] >= 0 || len(left.rest) == 0 {
			continue
		}
		mine := w.contents()
		best := slices.MaxFunc(left.rest, func(a, b int) int { return mine.likeness(about[a]) - mine.likeness(about[b]) })
		if mine.likeness(about[best]) > 0 {
			left.pairs[i] = best
			left.rest = slices.DeleteFunc(left.rest, func(j int) bool { return j == best })
		}
	}
}

// shape is the same for tables with the same columns and kinds.
func (t *table) shape(out []byte) []byte {
	for _, title := range t.titles {
		out = append(append(out, title...), '\t')
	}
	out = append(out, '\n')
	for _, kind := range t.kindsIn() {
		out = append(append(out, kind...), '\t')
	}
	return out
}

// kindsIn lists the kinds that the names in a table begin with.
func (t *table) kindsIn() []string {
	named := t.index("NAME")
	if named < 0 {
		return nil
	}
	var found map[string]bool
	last := ""
	for i := range t.rows {
		kind, _ := splitKind(t.rows[i].cells[named])
		if kind == "" || kind == last {
			continue
		}
		if found == nil {
			found = map[string]bool{}
		}
		found[kind], last = true, kind
	}
	return slices.Sorted(maps.Keys(found))
}

// contents are what tells which tables are about the same.
type contents struct {
	titles, kinds []string
}

// contents looks at the first rows; no table of kubectl has as many kinds.
func (t *table) contents() contents {
	const most = 100
	kinds := t.kindsIn()
	return contents{titles: t.titles, kinds: kinds[:min(most, len(kinds))]}
}

// likeness tells how much two tables that are not of one shape are about the same; 0 is not at all.
func (w contents) likeness(g contents) int {
	shared := func(a, b []string) int {
		n := 0
		for _, s := range a {
			if slices.Contains(b, s) {
				n++
			}
		}
		return n
	}
	const kindWeight = 1000
	kinds, titles := shared(w.kinds, g.kinds), shared(w.titles, g.titles)
	if kinds == 0 && (len(w.kinds) > 0 && len(g.kinds) > 0 || titles*2 < len(w.titles)) {
		return 0
	}
	return kinds*kindWeight + titles + 1
}
