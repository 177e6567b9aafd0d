package match

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// span is a part of a line: its first and last character, counted in characters, and its first byte.
type span struct {
	start, end, at int
	text           string
}

// with is what a line has from the beginning of one part to the end of another.
func (s span) with(last span, line string) string { return line[s.at : last.at+len(last.text)] }

// spans splits a line wherever at least gap blanks follow each other, and appends the parts.
func spans(all []span, text string, gap int) []span {
	column, blanks := 0, gap
	for at := 0; at < len(text); column++ {
		size := 1
		if text[at] >= utf8.RuneSelf {
			_, size = utf8.DecodeRuneInString(text[at:])
		}
		switch {
		case text[at] == ' ':
			blanks++
		case blanks >= gap:
			all = append(all, span{start: column, end: column + 1, at: at, text: text[at : at+size]})
			blanks = 0
		default:
			last := &all[len(all)-1]
			last.end, last.text = column+1, text[last.at:at+size]
			blanks = 0
		}
		at += size
	}
	return all
}

// cutter cuts rows into cells. It keeps its memory for the next row.
type cutter struct {
	cells  []string
	spans  []span
	words  []string
	places []int
	cost   []int
	// effort is what may still be spent on finding out to which titles words can belong.
	effort int
}

// mostPlaced counts looks at a word under a title: about a fifth of a second.
const mostPlaced = 3_000_000

// expect makes room for cells.
func (c *cutter) expect(cells int) {
	const least = 1 << 10
	if len(c.cells) < cells {
		c.cells = make([]string, max(cells, least))
	}
}

// cut gives the cells of a row: by tabs, by where the titles begin, or else by what stands apart.
func (c *cutter) cut(h *header, text string) []string {
	n := len(h.titles)
	cells := c.cells[:n:n]
	c.cells = c.cells[n:]
	if strings.IndexByte(text, '\t') >= 0 {
		if h.tabbed {
			c.words = c.words[:0]
			for part := range strings.SplitSeq(text, "\t") {
				c.words = append(c.words, part)
			}
			fill(cells, c.words)
			return cells
		}
		text = expandTabs(text)
	}
	under := c.offsets(h, cells, text)
	switch {
	case under && h.fits(cells):
	case !under && c.standApart(cells, text) && h.fits(cells):
	case c.byShape(h, cells, text):
	case !under:
		c.byBlanks(h, cells, text)
	}
	return cells
}

// standApart cuts a row that has as many parts as there are titles.
func (c *cutter) standApart(cells []string, text string) bool {
	c.spans = datesWhole(spans(c.spans[:0], text, 2))
	if len(c.spans) != len(cells) {
		return false
	}
	fill(cells, c.texts())
	return true
}

// byBlanks cuts a row whose cells do not look like what their titles say.
func (c *cutter) byBlanks(h *header, cells []string, text string) {
	clear(cells)
	c.spans = datesWhole(spans(c.spans[:0], text, 2))
	c.words = appendFields(c.words[:0], text)
	switch {
	case len(c.spans) >= len(cells):
		fill(cells, c.texts())
	case len(c.words) == len(cells):
		fill(cells, c.words)
	default:
		c.nearest(h, cells)
	}
}

// texts are those of the spans.
func (c *cutter) texts() []string {
	c.words = c.words[:0]
	for i := range c.spans {
		c.words = append(c.words, c.spans[i].text)
	}
	return c.words
}

// fill puts parts into cells; what is left over belongs to the last.
func fill(cells, parts []string) {
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	copy(cells, parts)
	if len(parts) > len(cells) {
		last := len(cells) - 1
		left := slices.DeleteFunc(parts[last:], func(p string) bool { return p == "" })
		cells[last] = strings.Join(left, " ")
	}
}

// offsets cuts under the titles, if every cell is blank or begins right there.
func (c *cutter) offsets(h *header, cells []string, text string) bool {
	c.bytes(h, text)
	for i, at := range c.places {
		if at == len(text) {
			cells[i] = ""
			continue
		}
		end := len(text)
		if i+1 < len(c.places) {
			end = c.places[i+1]
		}
		cells[i] = strings.TrimSpace(text[at:max(at, end)])
		crowded := i+1 < len(c.places) && strings.Contains(cells[i], "  ") && !isDate(collapse(cells[i]))
		if i > 0 && text[at-1] != ' ' || cells[i] != "" && text[at] == ' ' || crowded {
			clear(cells[:i+1])
			return false
		}
	}
	return len(c.places) > 0 && (c.places[0] == 0 || strings.TrimSpace(text[:c.places[0]]) == "")
}

// bytes finds the bytes of a line that are under the beginnings of titles.
func (c *cutter) bytes(h *header, text string) {
	c.places = append(c.places[:0], h.at...)
	if isASCII(text) {
		for i := range c.places {
			c.places[i] = min(c.places[i], len(text))
		}
		return
	}
	column, next := 0, 0
	for at := range text {
		for next < len(h.at) && h.at[next] == column {
			c.places[next] = at
			next++
		}
		column++
	}
	for ; next < len(h.at); next++ {
		c.places[next] = len(text)
	}
}

// datesWhole puts dates together whose day has only one digit: Mon Feb  3.
func datesWhole(parts []span) []span {
	for i := 0; i+1 < len(parts); i++ {
		if !startsDate(parts[i].text) {
			continue
		}
		if whole := collapse(parts[i].text + " " + parts[i+1].text); isDate(whole) {
			parts[i] = span{start: parts[i].start, end: parts[i+1].end, at: parts[i].at, text: whole}
			parts = slices.Delete(parts, i+1, i+2)
		}
	}
	return parts
}

func expandTabs(text string) string {
	const stop = 8
	var out strings.Builder
	column := 0
	for _, r := range text {
		if r != '\t' {
			out.WriteRune(r)
			column++
			continue
		}
		blanks := stop - column%stop
		out.WriteString("        "[:blanks])
		column += blanks
	}
	return out.String()
}
