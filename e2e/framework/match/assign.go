package match

import "strings"

// mostAssigned bounds the work of finding the best assignment; beyond it rows are taken as they come.
const mostAssigned = 100

// assign gives for each row of the document the row of the cluster that it is about, or -1: the one it is known to be
// about, else one without a difference, else those with the fewest differences altogether.
func (c *comparison) assign(want, got *table, g *group) []int {
	to := make([]int, len(g.want))
	for i := range to {
		to[i] = -1
	}
	if len(g.want) == 1 && len(g.got) == 1 {
		to[0] = 0
		return to
	}
	taken := make([]bool, len(g.got))
	c.assignKnown(g, to, taken)
	c.assignEqual(want, got, g, assignment{to, taken})
	c.assignBest(want, got, g, assignment{to, taken})
	return to
}

// assignment has where each row of the document goes, and which rows of the cluster are taken.
type assignment struct {
	to    []int
	taken []bool
}

// left gives the rows of both sides that have no partner yet.
func (a assignment) left() (rows, columns []int) {
	for i := range a.to {
		if a.to[i] < 0 {
			rows = append(rows, i)
		}
	}
	for j := range a.taken {
		if !a.taken[j] {
			columns = append(columns, j)
		}
	}
	return rows, columns
}

func (c *comparison) assignKnown(g *group, to []int, taken []bool) {
	byName := map[string]int{}
	for j, e := range g.gotOnes {
		byName[e.name.full] = j
	}
	for i, e := range g.wantOnes {
		was, known := c.options.Memory.realName(c.scope(e), e.name)
		if j, there := byName[was]; known && there && !taken[j] {
			to[i], taken[j] = j, true
		}
	}
}

// assignEqual pairs rows whose cells are the same in canonical form. Those of the cluster that are another object of
// the document come last.
func (c *comparison) assignEqual(want, got *table, g *group, a assignment) {
	byCells := map[string][]int{}
	for _, reserved := range []bool{false, true} {
		for j, r := range g.got {
			if !a.taken[j] && reserved == c.options.Memory.isTaken(c.scope(g.gotOnes[j]), g.gotOnes[j].name.full) {
				s := c.signature(want, got, r)
				byCells[s] = append(byCells[s], j)
			}
		}
	}
	for i, r := range g.want {
		if a.to[i] >= 0 {
			continue
		}
		s := c.signature(want, want, r)
		if waiting := byCells[s]; len(waiting) > 0 {
			a.to[i], a.taken[waiting[0]] = waiting[0], true
			byCells[s] = waiting[1:]
		}
	}
}

// signature is a row in canonical form, under the titles of the document.
func (c *comparison) signature(want, of *table, r row) string {
	var out strings.Builder
	for _, title := range want.titles {
		if title == "NAME" {
			continue
		}
		out.WriteString(c.words.line(of.cell(r, title)))
		out.WriteByte('\t')
	}
	return out.String()
}

// assignBest pairs what is left so that the fewest cells differ.
func (c *comparison) assignBest(want, got *table, g *group, a assignment) {
	rows, columns := a.left()
	if len(rows) == 0 || len(columns) == 0 {
		return
	}
	n := max(len(rows), len(columns))
	const perCell = 20 // comparing two cells, against one step of the method
	if n > mostAssigned || !c.spend(n*n*(n+perCell*len(want.titles))) {
		for k := range min(len(rows), len(columns)) {
			a.to[rows[k]] = columns[k]
		}
		return
	}
	// The second part of the cost keeps the order where it does not matter.
	cost := square(n)
	for x, i := range rows {
		for y, j := range columns {
			cost[x][y] = c.distance(want, got, g.pair(i, j))*n*n + max(x-y, y-x)
		}
	}
	for x, y := range cheapest(cost) {
		if x < len(rows) && y < len(columns) {
			a.to[rows[x]] = columns[y]
		}
	}
}

// distance is the number of cells that differ.
func (c *comparison) distance(want, got *table, p pair) int {
	n := 0
	for i, title := range want.titles {
		if title != "NAME" && got.index(title) >= 0 && !c.same(want, got, p, i) {
			n++
		}
	}
	return n
}
