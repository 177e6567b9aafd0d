package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"seatrial/e2e/framework/report"
)

// graph shows what became of each object of a release at each revision: objects are rows, revisions columns.
type graph struct {
	ID        string
	Release   string
	Revisions []report.Revision
	Rows      []graphRow
	Drawing   drawing
}

type graphRow struct {
	Name  string
	Cells []graphCell
}

// graphCell is one object in one revision. Where the object is not there, it has no fate.
type graphCell struct {
	Fate   report.Fate
	Fields []string
}

// graphsOf has one for each release of a subject, in the order in which they were told.
func graphsOf(section string, revisions []report.Revision) []graph {
	var all []graph
	for i := range revisions {
		at := slices.IndexFunc(all, func(g graph) bool { return g.Release == revisions[i].Release })
		if at < 0 {
			at = len(all)
			all = append(all, graph{ID: fmt.Sprintf("%s-graph-%d", section, at+1), Release: revisions[i].Release})
		}
		all[at].Revisions = append(all[at].Revisions, revisions[i])
	}
	for i := range all {
		all[i].Rows = rowsOf(all[i].Revisions)
		all[i].Drawing = draw(all[i])
	}
	return slices.DeleteFunc(all, func(g graph) bool { return len(g.Rows) == 0 })
}

func rowsOf(revisions []report.Revision) []graphRow {
	var rows []graphRow
	for column := range revisions {
		for _, object := range revisions[column].Objects {
			at := slices.IndexFunc(rows, func(r graphRow) bool { return r.Name == object.Name })
			if at < 0 {
				at = len(rows)
				rows = append(rows, graphRow{Name: object.Name, Cells: make([]graphCell, len(revisions))})
			}
			rows[at].Cells[column] = graphCell{Fate: object.Fate, Fields: object.Fields}
		}
	}
	slices.SortStableFunc(rows, func(a, b graphRow) int { return cmp.Compare(a.Name, b.Name) })
	return rows
}

// Title is what the picture and the table are about.
func (g graph) Title() string {
	if g.Release == "" {
		return "What each revision did to the objects"
	}
	return "What each revision of " + g.Release + " did to the objects"
}

// Sentences are the picture in words, one for each revision, for those who hear it.
func (g graph) Sentences() string {
	var all []string
	for column := range g.Revisions {
		by := map[report.Fate][]string{}
		for _, row := range g.Rows {
			fate := row.Cells[column].Fate
			by[fate] = append(by[fate], row.Name)
		}
		var parts []string
		for _, fate := range report.Fates() {
			switch names := by[fate]; {
			case len(names) == 0:
			case fate == report.Kept:
				parts = append(parts, fmt.Sprintf("%d kept", len(names)))
			default:
				parts = append(parts, string(fate)+": "+strings.Join(names, ", "))
			}
		}
		all = append(all, headOf(g.Revisions[column])+": "+cmp.Or(strings.Join(parts, "; "), "no objects")+".")
	}
	return strings.Join(all, " ")
}

// headOf names a revision.
func headOf(r report.Revision) string {
	if r.Status == report.Uninstalled {
		return "Uninstalled"
	}
	head := fmt.Sprintf("Revision %d", r.Number)
	if r.Description != "" {
		head += ", " + r.Description
	}
	return head
}
