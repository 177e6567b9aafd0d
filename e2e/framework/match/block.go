package match

import (
	"slices"
	"strings"
)

// output is what a command printed, or what a document shows of it.
type output struct {
	tables []*table
	// text has the lines that belong to no table, without blank ones.
	text []line
	// lines are all.
	lines []line
	// elided tells that dots stand for whatever comes.
	elided bool
}

// table is a header and the rows under it.
type table struct {
	*header
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
func (t *table) cell(r *row, title string) string {
	if i := t.index(title); i >= 0 {
		return r.cells[i]
	}
	return ""
}

// parser finds the tables of an output. What it needs for one it uses again for the next.
type parser struct {
	lines  []line
	out    output
	header headerReader
	cutter cutter
	tables []table
}

// parse finds the tables in an output.
func parse(lines []line) output {
	p := parser{lines: lines, out: output{lines: lines}, cutter: cutter{effort: mostPlaced}}
	for i := 0; i < len(lines); {
		i = p.next(i)
	}
	return p.out
}

// next reads a line, or a table, and gives where it ends.
func (p *parser) next(i int) int {
	text := p.lines[i].text
	if text == "" {
		return i + 1
	}
	if !isHeader(text) {
		p.say(i, i+1)
		p.out.elided = p.out.elided || isDots(text)
		return i + 1
	}
	end := i + 1
	for end < len(p.lines) && inTable(p.lines[end].text) {
		end++
	}
	if tooSparse(p.lines[i:end]) {
		p.say(i, end)
		return end
	}
	t := p.table(p.lines[i:end])
	p.out.tables = append(p.out.tables, t)
	if t.elided {
		// Dots below a table stand for rows, and for whatever follows.
		p.out.elided = true
		dots := i + slices.IndexFunc(p.lines[i:end], func(l line) bool { return isDots(l.text) })
		p.say(dots, dots+1)
	}
	return end
}

// say takes lines for text. As long as all lines are text, they need no list of their own.
func (p *parser) say(from, to int) {
	if len(p.out.text) == from {
		p.out.text = p.lines[:to:to]
		return
	}
	p.out.text = append(p.out.text, p.lines[from:to]...)
}

// notBlank gives the lines that are not blank.
func notBlank(lines []line) []line {
	if !slices.ContainsFunc(lines, line.blank) {
		return lines
	}
	return slices.DeleteFunc(slices.Clone(lines), line.blank)
}

// tooSparse tells whether lines have so many fewer characters than a table would have cells that they are none.
func tooSparse(lines []line) bool {
	const small = 10_000
	titles := 0
	for range strings.FieldsSeq(lines[0].text) {
		titles++
	}
	if titles*len(lines) < small {
		return false
	}
	size := 0
	for _, l := range lines {
		size += len(l.text)
	}
	return titles*len(lines) > size
}

// inTable tells whether a line goes on with the table above it.
func inTable(text string) bool {
	return text != "" && !strings.HasPrefix(text, "==> ") && !startsTable(text)
}

func (p *parser) table(lines []line) *table {
	const atOnce = 64
	if len(p.tables) == 0 {
		p.tables = make([]table, atOnce)
	}
	t := &p.tables[0]
	p.tables = p.tables[1:]
	t.line, t.header = lines[0], p.header.read(lines)
	dots := 0
	for _, l := range lines[1:] {
		if isDots(l.text) {
			dots++
		}
	}
	t.elided = dots > 0
	n := len(lines) - 1 - dots
	if n == 0 {
		return t
	}
	t.rows = make([]row, 0, n)
	p.cutter.expect(n * len(t.titles))
	for _, l := range lines[1:] {
		if dots == 0 || !isDots(l.text) {
			t.rows = append(t.rows, row{line: l, cells: p.cutter.cut(t.header, l.text)})
		}
	}
	return t
}

// isDots tells whether a line stands for any lines.
func isDots(text string) bool {
	if text == "" || strings.IndexByte(" \t\r.[\xe2", text[0]) < 0 {
		return false
	}
	text = strings.TrimSpace(text)
	text = strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
	if text == "…" {
		return true
	}
	return len(text) >= 3 && strings.Trim(text, ".") == ""
}
