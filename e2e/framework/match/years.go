package match

import (
	"slices"
	"strings"
)

// asBefore adds to a table of Deployments the columns that kubectl printed until 1.14, if the document still shows them:
// how many are desired is the second number of READY.
func (c *comparison) asBefore(want, got *table) *table {
	if got.index("READY") < 0 || got.index("UP-TO-DATE") < 0 || want.index("READY") >= 0 {
		return got
	}
	old := &table{header: &header{at: got.at, tabbed: got.tabbed}, line: got.line, elided: got.elided}
	var added []string
	for _, title := range []string{"DESIRED", "CURRENT"} {
		if want.index(title) >= 0 && got.index(title) < 0 {
			added = append(added, title)
		}
	}
	if len(added) == 0 {
		return got
	}
	old.titles = slices.Concat(got.titles, added)
	for _, r := range got.rows {
		_, desired, _ := strings.Cut(got.cell(&r, "READY"), "/")
		cells := slices.Clone(r.cells)
		for range added {
			cells = append(cells, desired)
		}
		old.rows = append(old.rows, row{line: r.line, cells: cells})
	}
	c.tell(Finding{
		Line: want.line.number, Column: strings.Join(added, ", "), Kind: Column, Expected: added[0], Severity: Warning,
		Note: "kubectl prints READY instead since version 1.15",
	})
	return old
}
