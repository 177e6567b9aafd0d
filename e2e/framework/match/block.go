package match

import "strings"

// output is what a command printed, or what a document shows of it.
type output struct {
	tables []*table
	// text has the lines that belong to no table, without blank ones.
	text []line
	// lines are all that are not blank.
	lines []line
	// elided tells that dots stand for whatever comes.
	elided bool
}

// table is a header and the rows under it.
type table struct {
	header
	line line
	rows []row
	// elided tells that dots stand for more rows.
	elided bool
}

// row is a line of a table; it has as many cells as the table has titles.
type row struct {
	line  line
	cells []string
}

// cell gives the value under a title, or nothing.
func (t *table) cell(r row, title string) string {
	if i := t.index(title); i >= 0 {
		return r.cells[i]
	}
	return ""
}

// parse finds the tables in an output.
func parse(lines []line) output {
	out := output{lines: make([]line, 0, len(lines))}
	for i := 0; i < len(lines); {
		l := lines[i]
		if l.blank() {
			i++
			continue
		}
		end := i + 1
		if isHeader(l.text) {
			for end < len(lines) && inTable(lines[end].text) {
				end++
			}
			if tooSparse(lines[i:end]) {
				out.text, out.lines = append(out.text, lines[i:end]...), append(out.lines, lines[i:end]...)
				i = end
				continue
			}
			t := readTable(lines[i:end])
			out.tables = append(out.tables, t)
			out.elided = out.elided || t.elided
			out.text = append(out.text, dotsIn(lines[i:end])...)
		} else {
			out.text = append(out.text, l)
			out.elided = out.elided || isDots(l.text)
		}
		out.lines = append(out.lines, lines[i:end]...)
		i = end
	}
	return out
}

// tooSparse tells whether lines have so many fewer characters than a table would have cells that they are none.
func tooSparse(lines []line) bool {
	const small = 10_000
	titles := len(strings.Fields(lines[0].text))
	if titles*len(lines) < small {
		return false
	}
	size := 0
	for _, l := range lines {
		size += len(l.text)
	}
	return titles*len(lines) > size
}

// dotsIn gives the dots below a table: they stand for rows, and for whatever follows.
func dotsIn(lines []line) []line {
	for _, l := range lines {
		if isDots(l.text) {
			return []line{l}
		}
	}
	return nil
}

// inTable tells whether a line goes on with the table above it.
func inTable(text string) bool {
	return text != "" && !strings.HasPrefix(text, "==> ") && !startsTable(text)
}

func readTable(lines []line) *table {
	t := &table{line: lines[0]}
	below := make([]string, 0, len(lines))
	for _, l := range lines[1:] {
		if !isDots(l.text) {
			below = append(below, l.text)
		}
	}
	t.header = readHeader(lines[0].text, below)
	t.distinct()
	for _, l := range lines[1:] {
		if isDots(l.text) {
			t.elided = true
			continue
		}
		t.rows = append(t.rows, row{line: l, cells: t.cut(l.text)})
	}
	return t
}

// isDots tells whether a line stands for any lines.
func isDots(text string) bool {
	text = strings.TrimSpace(text)
	text = strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
	if text == "…" {
		return true
	}
	return len(text) >= 3 && strings.Trim(text, ".") == ""
}
