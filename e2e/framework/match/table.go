package match

import (
	"fmt"
	"slices"
)

// table compares two tables object by object.
func (c *comparison) table(want, got *table) {
	got = c.asBefore(want, got)
	for i, title := range want.titles {
		if got.indexNear(i, title) < 0 {
			c.tell(Finding{Line: want.line.number, Column: title, Kind: Column, Expected: title})
		}
	}
	for i, title := range got.titles {
		if want.indexNear(i, title) < 0 {
			c.tell(Finding{Line: want.line.number, Column: title, Kind: Column, Actual: title, Severity: Warning})
		}
	}
	if len(want.rows) == 0 && len(got.rows) == 0 {
		return
	}
	m := c.meeting(want, got)
	for i := range m.groups {
		c.group(m, &m.groups[i])
	}
}

func (c *comparison) group(m *meeting, g *group) {
	near := m.want.line.number
	if len(g.want) == 1 && len(g.got) == 1 {
		c.cells(m, m.pair(g, 0, 0))
		return
	}
	var taken []bool
	if len(g.want) > 0 {
		taken = make([]bool, len(g.got))
		for i, j := range c.assign(m, g) {
			near = m.want.rows[g.want[i]].line.number
			if j < 0 {
				c.missingRow(m, g, i)
				continue
			}
			taken[j] = true
			c.cells(m, m.pair(g, i, j))
		}
	}
	for j := range g.got {
		if !m.want.elided && (len(taken) == 0 || !taken[j]) {
			c.surplusRow(m, g, j, near)
		}
	}
}

func (c *comparison) missingRow(m *meeting, g *group, i int) {
	w, e := &m.want.rows[g.want[i]], &m.wantOnes[g.want[i]]
	severity := g.severity(e)
	if !c.full(severity) {
		c.tell(Finding{
			Line: w.line.number, Row: e.label, Kind: MissingRow, Expected: collapse(w.line.text), Severity: severity, Note: g.note(),
		})
	}
}

func (c *comparison) surplusRow(m *meeting, g *group, j, near int) {
	r, e := &m.got.rows[g.got[j]], &m.gotOnes[g.got[j]]
	severity := g.severity(e)
	if everywhere[e.key] {
		severity = Warning
	}
	if !c.full(severity) {
		c.tell(Finding{
			Line: near, Row: e.label, Kind: SurplusRow, Actual: collapse(r.line.text), Severity: severity, Note: g.note(),
		})
	}
}

// severity is lenient with nodes: how many there are is the cluster's affair. So it is with events, if there are any of
// the object and reason: how often they come depends on the time.
func (g *group) severity(e *entity) Severity {
	if e.kind == "node" || e.kind == "event" && len(g.want) > 0 && len(g.got) > 0 {
		return Warning
	}
	return Error
}

// note tells the numbers if there is more than one of the kind.
func (g *group) note() string {
	if len(g.want) == 0 || len(g.got) == 0 {
		return ""
	}
	return fmt.Sprintf("document shows %d of them, cluster %d", len(g.want), len(g.got))
}

func (c *comparison) cells(m *meeting, p pair) {
	for i, title := range m.want.titles {
		j := m.got.indexNear(i, title)
		if j < 0 || title == "NAME" {
			continue
		}
		w, g := p.want.cells[i], p.got.cells[j]
		if isDots(w) && c.restEmpty(p.want.cells[i+1:]) {
			break
		}
		if !c.same(m, p, i) {
			if !c.full(Error) {
				c.tell(Finding{Line: p.want.line.number, Row: p.wantOne.label, Column: title, Kind: Cell, Expected: w, Actual: g})
			}
			continue
		}
		c.steady(title, p, w, g)
	}
	c.identify(p)
}

func (c *comparison) restEmpty(cells []string) bool {
	return !slices.ContainsFunc(cells, func(s string) bool { return s != "" })
}

// same compares one cell, in the light of the others of its row.
func (c *comparison) same(m *meeting, p pair, i int) bool {
	c.work++
	title := m.want.titles[i]
	w, g := p.want.cells[i], ""
	if j := m.got.indexNear(i, title); j >= 0 {
		g = p.got.cells[j]
	}
	if w == g {
		return true
	}
	if title == "EXTERNAL-IP" && m.want.cell(p.want, "TYPE") == "ExternalName" {
		return collapse(w) == collapse(g)
	}
	return c.sameCell(p.wantOne.kind, title, w, g)
}
