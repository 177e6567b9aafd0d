package match

import (
	"fmt"
	"slices"
)

// group has the rows of both sides that are about the same object, or about several that only chance tells apart.
type group struct {
	want, got         []row
	wantOnes, gotOnes []entity
}

// table compares two tables object by object.
func (c *comparison) table(want, got *table) {
	got = c.asBefore(want, got)
	for _, title := range want.titles {
		if got.index(title) < 0 {
			c.tell(Finding{Line: want.line.number, Column: title, Kind: Column, Expected: title})
		}
	}
	for _, title := range got.titles {
		if want.index(title) < 0 {
			c.tell(Finding{Line: want.line.number, Column: title, Kind: Column, Actual: title, Severity: Warning})
		}
	}
	for _, g := range c.groups(want, got) {
		c.group(want, got, g)
	}
}

// groups gives the groups in the order of the document, and then those that are only in the cluster.
func (c *comparison) groups(want, got *table) []*group {
	byKey := map[string]*group{}
	var all []*group
	of := func(e entity) *group {
		g, found := byKey[e.key]
		if !found {
			g = &group{}
			byKey[e.key] = g
			all = append(all, g)
		}
		return g
	}
	for _, r := range want.rows {
		e := c.entity(want, r)
		g := of(e)
		g.want, g.wantOnes = append(g.want, r), append(g.wantOnes, e)
	}
	for _, r := range got.rows {
		e := c.entity(got, r)
		g := of(e)
		g.got, g.gotOnes = append(g.got, r), append(g.gotOnes, e)
	}
	return all
}

func (c *comparison) group(want, got *table, g *group) {
	near := want.line.number
	taken := make([]bool, len(g.got))
	for i, j := range c.assign(want, got, g) {
		w, e := g.want[i], g.wantOnes[i]
		near = w.line.number
		if j < 0 {
			c.tell(Finding{
				Line: near, Row: e.label, Kind: MissingRow, Expected: collapse(w.line.text), Severity: g.severity(e), Note: g.note(),
			})
			continue
		}
		taken[j] = true
		c.cells(want, got, g.pair(i, j))
	}
	for j, r := range g.got {
		if taken[j] || want.elided {
			continue
		}
		e := g.gotOnes[j]
		severity := g.severity(e)
		if everywhere[e.key] {
			severity = Warning
		}
		c.tell(Finding{
			Line: near, Row: e.label, Kind: SurplusRow, Actual: collapse(r.line.text), Severity: severity, Note: g.note(),
		})
	}
}

// severity is lenient with nodes: how many there are is the cluster's affair. So it is with events, if there are any of
// the object and reason: how often they come depends on the time.
func (g *group) severity(e entity) Severity {
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

// pair is a row of the document and the row of the cluster that it is about.
type pair struct {
	want, got       row
	wantOne, gotOne entity
}

func (g *group) pair(i, j int) pair { return pair{g.want[i], g.got[j], g.wantOnes[i], g.gotOnes[j]} }

func (c *comparison) cells(want, got *table, p pair) {
	for i, title := range want.titles {
		j := got.index(title)
		if j < 0 || title == "NAME" {
			continue
		}
		w, g := p.want.cells[i], p.got.cells[j]
		if isDots(w) && c.restEmpty(p.want.cells[i+1:]) {
			break
		}
		if !c.same(want, got, p, i) {
			c.tell(Finding{Line: p.want.line.number, Row: p.wantOne.label, Column: title, Kind: Cell, Expected: w, Actual: g})
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
func (c *comparison) same(want, got *table, p pair, i int) bool {
	title := want.titles[i]
	w, g := p.want.cells[i], got.cell(p.got, title)
	if title == "EXTERNAL-IP" && want.cell(p.want, "TYPE") == "ExternalName" {
		return collapse(w) == collapse(g)
	}
	return c.sameCell(p.wantOne.kind, title, w, g)
}
