package matcher

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// table prints rows in columns, with a mark before those that are to blame.
type table struct {
	header []string
	rows   [][]string
	blamed []bool
}

func (t *table) add(blamed bool, cells ...string) {
	t.rows = append(t.rows, cells)
	t.blamed = append(t.blamed, blamed)
}

// String is the table, indented to stand under a sentence.
func (t table) String() string {
	var widths []int
	for _, row := range append([][]string{t.header}, t.rows...) {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	lines := []string{line(false, t.header, widths)}
	for i, row := range t.rows {
		lines = append(lines, line(t.blamed[i], row, widths))
	}
	return strings.Join(lines, "\n")
}

//nolint:revive // The flag is data of the row.
func line(blamed bool, cells []string, widths []int) string {
	mark := "    "
	if blamed {
		mark = "  ! "
	}
	padded := slices.Clone(cells)
	for i := range padded {
		padded[i] += strings.Repeat(" ", widths[i]-utf8.RuneCountInString(padded[i]))
	}
	return strings.TrimRight(mark+strings.Join(padded, "  "), " ")
}
