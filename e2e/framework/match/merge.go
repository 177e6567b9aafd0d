package match

import "strings"

// Merge brings what a document shows up to date: lines and cells that are still right by their type stay as they are,
// the others are taken from what came. If nothing is wrong, it gives back the same text.
func Merge(expected, actual string, o Options) string {
	o.Memory = nil
	if o.Ignore || !HasErrors(Compare(expected, actual, o)) {
		return expected
	}
	c := newComparison(o)
	want, got := cleanLines(expected), cleanLines(actual)
	got = withoutNoise(want, got)
	whole := o.Exact || c.structured(want, got)
	w, g := parse(want), parse(got)
	if whole || len(w.tables) == 0 && len(g.tables) > 0 && !w.elided {
		return joined(got, expected)
	}
	e := edits{lines: want, instead: map[int][]string{}, after: map[int][]string{}}
	c.mergeTables(&e, w, g)
	c.found = nil
	if len(w.tables) == 0 && len(g.tables) > 0 {
		g = output{text: notBlank(g.lines)}
	}
	c.text(w.text, g.text)
	for _, f := range c.found {
		e.apply(f)
	}
	merged := e.String() + ending(expected)
	if HasErrors(Compare(merged, actual, o)) {
		// Where so much changed that lines have no counterparts, there is nothing to keep.
		return joined(got, expected)
	}
	return merged
}

// ending is the line break that a text ends in, if it does.
func ending(text string) string {
	return text[len(strings.TrimRight(text, " \t\r\n")):]
}

func joined(lines []line, like string) string {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.text
	}
	return strings.Join(texts, "\n") + ending(like)
}

// edits are what becomes of the lines of a document.
type edits struct {
	lines   []line
	instead map[int][]string
	// after has what is put behind a line; -1 is before the first.
	after map[int][]string
}

// apply makes an edit of what is wrong with a line of text.
func (e *edits) apply(f Finding) {
	switch f.Kind {
	case Cell, Text:
		e.instead[f.Line] = []string{f.came}
	case MissingLine:
		e.instead[f.Line] = nil
	case SurplusLine:
		e.after[f.Line] = append(e.after[f.Line], f.came)
	default:
	}
}

// String is the document after the edits.
func (e *edits) String() string {
	out := append([]string(nil), e.after[-1]...)
	for _, l := range e.lines {
		if instead, edited := e.instead[l.number]; edited {
			out = append(out, instead...)
		} else {
			out = append(out, l.text)
		}
		out = append(out, e.after[l.number]...)
	}
	return strings.Join(out, "\n")
}

func (c *comparison) mergeTables(e *edits, want, got output) {
	left := make([]bool, len(got.tables))
	for i, j := range c.pairTables(want.tables, got.tables) {
		if j < 0 {
			for _, l := range want.tables[i].lines() {
				e.instead[l.number] = nil
			}
			continue
		}
		left[j] = true
		c.mergeTable(e, want.tables[i], got.tables[j])
	}
	end := lastLine(e.lines)
	for j, g := range got.tables {
		if left[j] || want.elided {
			continue
		}
		if end >= 0 {
			e.after[end] = append(e.after[end], "")
		}
		for _, l := range g.lines() {
			e.after[end] = append(e.after[end], l.text)
		}
	}
}

// lines are those of the header and the rows.
func (t *table) lines() []line {
	all := []line{t.line}
	for _, r := range t.rows {
		all = append(all, r.line)
	}
	return all
}

// last is the line of the last row, or of the header.
func (t *table) last() int {
	if n := len(t.rows); n > 0 {
		return t.rows[n-1].line.number
	}
	return t.line.number
}
