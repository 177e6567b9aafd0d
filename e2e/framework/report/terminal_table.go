package report

import (
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"
)

const (
	wordColumn = 8
	tableGap   = 2
	// besideEachOther is the least width at which three columns of text can be read.
	besideEachOther = 60
)

// table writes a table as one, each row as high as its longest cell needs it; where there is no room for that, the cells
// of a row stand below each other.
func (s screen) table(t Table) {
	s.line("\n" + s.Strong(strings.Join(Wrap(fmt.Sprintf("%s: %d of %d rows hold", t.Title, t.Held(), len(t.Rows)), "", s.width), "\n")))
	once := t.expectedOnce()
	if once != "" {
		s.label("expected", once, s.plain)
	}
	if s.width >= besideEachOther {
		s.cells("", s.plain, columnsOf(once, "DONE", "EXPECTED", "HAPPENED")...)
	}
	for i := range t.Rows {
		row := &t.Rows[i]
		paint := s.Bad
		if row.Held {
			paint = s.Good
		}
		if s.width >= besideEachOther {
			s.cells(row.Word(), paint, columnsOf(once, row.Done, row.Expected, row.Happened)...)
			continue
		}
		s.line(paint(row.Word()))
		s.label("done", row.Done, s.plain)
		if once == "" {
			s.label("expected", row.Expected, s.plain)
		}
		s.label("happened", row.Happened, s.plain)
	}
}

// expectedOnce is what is expected of each of several rows, if that is the same: it need not stand in each.
func (t Table) expectedOnce() string {
	for i := range t.Rows {
		if t.Rows[i].Expected != t.Rows[0].Expected {
			return ""
		}
	}
	if len(t.Rows) < 2 { //nolint:mnd // Several.
		return ""
	}
	return t.Rows[0].Expected
}

// columnsOf leaves out the column of what is expected, if that is said once.
func columnsOf(once, done, expected, happened string) []string {
	if once != "" {
		return []string{done, happened}
	}
	return []string{done, expected, happened}
}

// cells writes texts beside each other, behind a word in a colour.
func (s screen) cells(word string, paint func(string) string, texts ...string) {
	width := (s.width - wordColumn - tableGap*(len(texts)-1)) / len(texts)
	columns := make([][]string, len(texts))
	height := 1
	for i, text := range texts {
		columns[i] = fold(text, width)
		height = max(height, len(columns[i]))
	}
	for y := range height {
		var line strings.Builder
		for _, column := range columns {
			text := ""
			if y < len(column) {
				text = column[y]
			}
			line.WriteString(runewidth.FillRight(text, width) + strings.Repeat(" ", tableGap))
		}
		first := strings.Repeat(" ", wordColumn)
		if y == 0 {
			first = paint(word) + strings.Repeat(" ", wordColumn-len(word))
		}
		s.line(strings.TrimRight(first+line.String(), " "))
	}
}

// fold breaks a text into lines of at most so many columns: between words, and within those that are longer.
func fold(text string, width int) []string {
	var lines []string
	current := ""
	for word := range strings.FieldsSeq(text) {
		if current != "" && runewidth.StringWidth(current)+1+runewidth.StringWidth(word) <= width {
			current += " " + word
			continue
		}
		if current != "" {
			lines = append(lines, current)
		}
		for runewidth.StringWidth(word) > width {
			part := runewidth.Truncate(word, width, "")
			lines = append(lines, part)
			word = word[len(part):]
		}
		current = word
	}
	if current != "" {
		lines = append(lines, current)
	}
	return lines
}
