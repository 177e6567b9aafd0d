package match

// mostAssigned bounds the work of finding the best assignment; beyond it rows are taken as they come.
const mostAssigned = 100

// assign gives for each row of the document the row of the cluster that it is about, or -1: the one it is known to be
// about, else one without a difference, else those with the fewest differences altogether.
func (c *comparison) assign(m *meeting, g *group) []int {
	a := assignment{meeting: m, group: g, to: make([]int, len(g.want)), taken: make([]bool, len(g.got))}
	for i := range a.to {
		a.to[i] = -1
	}
	if len(g.want) == 1 && len(g.got) == 1 {
		a.to[0] = 0
		return a.to
	}
	if len(g.got) > 0 {
		c.assignKnown(a)
		c.assignEqual(a)
		c.assignBest(a)
	}
	return a.to
}

// assignment has where each row of a group of the document goes, and which rows of the cluster are taken.
type assignment struct {
	*meeting
	group *group
	to    []int
	taken []bool
}

func (a assignment) wantOne(i int) *entity { return &a.wantOnes[a.group.want[i]] }

func (a assignment) gotOne(j int) *entity { return &a.gotOnes[a.group.got[j]] }

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

func (c *comparison) assignKnown(a assignment) {
	if c.options.Memory == nil {
		return
	}
	byName := make(map[string]int, len(a.taken))
	for j := range a.taken {
		byName[a.gotOne(j).name.full] = j
	}
	for i := range a.to {
		e := a.wantOne(i)
		was, known := c.options.Memory.realName(c.scope(e), e.name)
		if j, there := byName[was]; known && there && !a.taken[j] {
			a.to[i], a.taken[j] = j, true
		}
	}
}

// assignEqual pairs rows whose cells are the same in canonical form. Those of the cluster that are another object of
// the document come last.
func (c *comparison) assignEqual(a assignment) {
	waiting := newQueues(len(a.taken))
	var signature []byte
	for _, j := range c.free(a) {
		signature = c.signature(signature[:0], a, a.got, &a.got.rows[a.group.got[j]])
		waiting.add(string(signature), j)
	}
	for i := range a.to {
		if a.to[i] >= 0 {
			continue
		}
		signature = c.signature(signature[:0], a, a.want, &a.want.rows[a.group.want[i]])
		if j := waiting.take(string(signature)); j >= 0 {
			a.to[i], a.taken[j] = j, true
		}
	}
}

// free are the rows of the cluster that are not taken, those that are another object of the document last.
func (c *comparison) free(a assignment) []int {
	var free, known []int
	for j := range a.taken {
		switch e := a.gotOne(j); {
		case a.taken[j]:
		case c.options.Memory != nil && c.options.Memory.isTaken(c.scope(e), e.name.full):
			known = append(known, j)
		default:
			free = append(free, j)
		}
	}
	return append(free, known...)
}

// signature is a row in canonical form, under the titles of the document.
func (c *comparison) signature(out []byte, a assignment, of *table, r *row) []byte {
	for i, title := range a.want.titles {
		if title == "NAME" {
			continue
		}
		if j := of.indexNear(i, title); j >= 0 {
			out = append(out, c.words.line(r.cells[j])...)
		}
		out = append(out, '\t')
	}
	return out
}

// assignBest pairs what is left so that the fewest cells differ.
func (c *comparison) assignBest(a assignment) {
	rows, columns := a.left()
	if len(rows) == 0 || len(columns) == 0 {
		return
	}
	n := max(len(rows), len(columns))
	const perCell = 20 // comparing two cells, against one step of the method
	if n > mostAssigned || !c.spend(n*n*(n+perCell*len(a.want.titles))) {
		for k := range min(len(rows), len(columns)) {
			a.to[rows[k]] = columns[k]
		}
		return
	}
	// The second part of the cost keeps the order where it does not matter.
	cost := square(n)
	for x, i := range rows {
		for y, j := range columns {
			cost[x][y] = c.distance(a.meeting, a.pair(a.group, i, j))*n*n + max(x-y, y-x)
		}
	}
	for x, y := range cheapest(cost) {
		if x < len(rows) && y < len(columns) {
			a.to[rows[x]] = columns[y]
		}
	}
}

// distance is the number of cells that differ.
func (c *comparison) distance(m *meeting, p pair) int {
	n := 0
	for i, title := range m.want.titles {
		if title != "NAME" && m.got.indexNear(i, title) >= 0 && !c.same(m, p, i) {
			n++
		}
	}
	return n
}
