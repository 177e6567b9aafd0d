package page

import (
	"slices"

	"seatrial/e2e/framework/report"
)

// graph shows what became of each object at each revision: objects are rows, revisions columns.
type graph struct {
	Revisions []report.Revision
	Rows      []graphRow
}

type graphRow struct {
	Name  string
	Cells []graphCell
}

// graphCell is one object in one revision. Where the object is not there, Sign is empty.
type graphCell struct {
	Fate   report.Fate
	Sign   string
	Fields []string
}

// signs are how fates are drawn: to be told apart without colours.
func signs() map[report.Fate]string {
	return map[report.Fate]string{report.Came: "●", report.Kept: "│", report.Changed: "◆", report.Went: "✕", report.Returned: "↩"}
}

func graphOf(revisions []report.Revision) graph {
	g := graph{Revisions: revisions}
	for column := range revisions {
		for _, object := range revisions[column].Objects {
			at := slices.IndexFunc(g.Rows, func(r graphRow) bool { return r.Name == object.Name })
			if at < 0 {
				at = len(g.Rows)
				g.Rows = append(g.Rows, graphRow{Name: object.Name, Cells: make([]graphCell, len(revisions))})
			}
			g.Rows[at].Cells[column] = graphCell{Fate: object.Fate, Sign: signs()[object.Fate], Fields: object.Fields}
		}
	}
	slices.SortStableFunc(g.Rows, func(a, b graphRow) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return g
}
