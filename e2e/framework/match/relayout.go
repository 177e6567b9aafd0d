package match

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// placed is a row of the new table and the line of the old one that it stands for or follows.
type placed struct {
	line  int
	cells []string
	fresh bool
}

// mergeTable writes the rows of the document with the cells that came where they differ, in the document's layout.
func (c *comparison) mergeTable(e *edits, want, got *table) {
	c.found = nil
	c.table(want, got)
	if !HasErrors(c.found) {
		return
	}
	titles := slices.Clone(want.titles)
	titles = slices.DeleteFunc(titles, func(title string) bool { return got.index(title) < 0 })
	var rows []placed
	m := c.meeting(want, got)
	for i := range m.groups {
		rows = append(rows, c.mergeGroup(m, &m.groups[i])...)
	}
	layout := want.layout(titles, rows)
	for _, l := range want.lines() {
		e.instead[l.number] = nil
	}
	e.instead[want.line.number] = []string{layout.line(titles)}
	for _, r := range rows {
		cells := make([]string, len(titles))
		for i, title := range titles {
			cells[i] = r.cells[want.index(title)]
		}
		if r.fresh {
			e.after[r.line] = append(e.after[r.line], layout.line(cells))
		} else {
			e.instead[r.line] = []string{layout.line(cells)}
		}
	}
}

func (c *comparison) mergeGroup(m *meeting, g *group) []placed {
	want, got := m.want, m.got
	var rows []placed
	near := want.last()
	taken := make([]bool, len(g.got))
	for i, j := range c.assign(m, g) {
		if j < 0 {
			continue
		}
		taken[j] = true
		p := m.pair(g, i, j)
		near = p.want.line.number
		cells := slices.Clone(p.want.cells)
		for k, title := range want.titles {
			if title != "NAME" && got.index(title) >= 0 && !c.same(m, p, k) {
				cells[k] = got.cell(p.got, title)
			}
		}
		rows = append(rows, placed{line: near, cells: cells})
	}
	for j, at := range g.got {
		if taken[j] || want.elided {
			continue
		}
		cells := make([]string, len(want.titles))
		for k, title := range want.titles {
			cells[k] = got.cell(&got.rows[at], title)
		}
		rows = append(rows, placed{line: near, cells: cells, fresh: true})
	}
	return rows
}

// layout has where the cells of a line begin.
type layout struct {
	indent string
	widths []int
	tabbed bool
}

// layout keeps the columns where the document has them, and widens those that have become too narrow.
func (t *table) layout(titles []string, rows []placed) layout {
	l := layout{tabbed: t.tabbed, indent: strings.Repeat(" ", t.at[0])}
	for _, title := range titles {
		i := t.index(title)
		longest := utf8.RuneCountInString(title)
		for _, r := range rows {
			longest = max(longest, utf8.RuneCountInString(r.cells[i]))
		}
		width := longest + t.gap(i)
		if t.tabbed {
			width = longest
		} else if i+1 < len(t.at) {
			width = max(width, t.at[i+1]-t.at[i])
		}
		l.widths = append(l.widths, width)
	}
	return l
}

// gap is how many blanks there are at least after the cells of a column; of more than two, two are enough. Cells one blank
// apart could not be told from the words of one if the table were laid out otherwise.
func (t *table) gap(i int) int {
	const widest = 2
	if i+1 >= len(t.at) {
		return widest
	}
	longest := utf8.RuneCountInString(t.titles[i])
	for _, r := range t.rows {
		longest = max(longest, utf8.RuneCountInString(r.cells[i]))
	}
	return min(widest, max(1, t.at[i+1]-t.at[i]-longest))
}

func (l layout) line(cells []string) string {
	var out strings.Builder
	out.WriteString(l.indent)
	for i, cell := range cells {
		out.WriteString(cell)
		out.WriteString(strings.Repeat(" ", max(0, l.widths[i]-utf8.RuneCountInString(cell))))
		if l.tabbed {
			out.WriteByte('\t')
		}
	}
	return strings.TrimRight(out.String(), " \t")
}
