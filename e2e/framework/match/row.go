package match

import (
	"slices"
	"strings"
)

// span is a part of a line, in characters.
type span struct {
	start, end int
	text       string
}

// spans splits a line wherever at least gap blanks follow each other.
func spans(text string, gap int) []span {
	var all []span
	runes := []rune(text)
	for i := 0; i < len(runes); {
		if runes[i] == ' ' {
			i++
			continue
		}
		end, blanks := i, 0
		j := i
		for ; j < len(runes) && blanks < gap; j++ {
			if runes[j] == ' ' {
				blanks++
				continue
			}
			blanks, end = 0, j+1
		}
		all = append(all, span{start: i, end: end, text: string(runes[i:end])})
		i = j
	}
	return all
}

// cut gives the cells of a row: by tabs, by where the titles begin, or else by what stands apart.
func (h header) cut(text string) []string {
	cells := make([]string, len(h.titles))
	if strings.Contains(text, "\t") {
		if h.tabbed {
			return h.fill(cells, strings.Split(text, "\t"))
		}
		text = expandTabs(text)
	}
	if h.offsets(cells, text) {
		return cells
	}
	apart := datesWhole(spans(text, 2))
	words := strings.Fields(text)
	switch {
	case len(apart) >= len(cells):
		return h.fill(cells, texts(apart))
	case len(words) == len(cells):
		return h.fill(cells, words)
	default:
		return h.nearest(cells, apart)
	}
}

// fill puts parts into cells; what is left over belongs to the last.
func (h header) fill(cells, parts []string) []string {
	for i, p := range parts {
		p = strings.TrimSpace(p)
		if i < len(cells) {
			cells[i] = p
			continue
		}
		last := len(cells) - 1
		cells[last] = strings.TrimSpace(cells[last] + " " + p)
	}
	return cells
}

// offsets cuts under the titles, if every cell is blank or begins right there.
func (h header) offsets(cells []string, text string) bool {
	runes := []rune(text)
	for i, at := range h.at {
		end := len(runes)
		if i+1 < len(h.at) {
			end = min(end, h.at[i+1])
		}
		if at >= len(runes) {
			cells[i] = ""
			continue
		}
		cells[i] = strings.TrimSpace(string(runes[at:max(at, end)]))
		crowded := i+1 < len(h.at) && strings.Contains(cells[i], "  ") && !isDate(collapse(cells[i]))
		if i > 0 && runes[at-1] != ' ' || cells[i] != "" && runes[at] == ' ' || crowded {
			clear(cells)
			return false
		}
	}
	return len(h.at) > 0 && (h.at[0] == 0 || strings.TrimSpace(string(runes[:min(h.at[0], len(runes))])) == "")
}

// datesWhole puts dates together whose day has only one digit: Mon Feb  3.
func datesWhole(parts []span) []span {
	for i := 0; i+1 < len(parts); i++ {
		if !startsDate(parts[i].text) {
			continue
		}
		if whole := collapse(parts[i].text + " " + parts[i+1].text); isDate(whole) {
			parts[i] = span{start: parts[i].start, end: parts[i+1].end, text: whole}
			parts = slices.Delete(parts, i+1, i+2)
		}
	}
	return parts
}

func texts(all []span) []string {
	out := make([]string, len(all))
	for i := range all {
		out[i] = all[i].text
	}
	return out
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
		out.WriteString(string(slices.Repeat([]byte(" "), blanks)))
		column += blanks
	}
	return out.String()
}
