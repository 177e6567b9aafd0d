// Package columns lays text out in the columns of a terminal.
package columns

import (
	"strings"

	"github.com/mattn/go-runewidth"

	"seatrial/e2e/framework/report"
)

// Width is that of a terminal on which no line that is made here is broken by the terminal itself.
const Width = report.Width

// Wrap breaks each line of a text between words, so that none is longer than Width unless a word is. What comes after
// a break begins as its line did, with a margin more. Between backquotes nothing is broken: that is a command to paste.
func Wrap(text string, margin int) string { return WrapTo(Width, text, margin) }

// WrapTo is Wrap for a terminal of another width.
func WrapTo(width int, text string, margin int) string {
	var done []string
	for line := range strings.SplitSeq(text, "\n") {
		lead := line[:len(line)-len(strings.TrimLeft(line, " "))]
		done = append(done, fill(width, lead, lead+strings.Repeat(" ", margin), line[len(lead):])...)
	}
	return strings.Join(done, "\n")
}

// Fill makes lines of one paragraph: the first begins with one text, the others with another.
func Fill(first, others, paragraph string) []string { return fill(Width, first, others, paragraph) }

func fill(width int, first, others, paragraph string) []string {
	if runewidth.StringWidth(first+paragraph) <= width {
		return []string{first + paragraph} // Columns stay columns.
	}
	var lines []string
	current, empty := first, true
	for _, word := range words(paragraph) {
		if !empty && runewidth.StringWidth(current)+1+runewidth.StringWidth(word) > width {
			lines, current, empty = append(lines, current), others, true
		}
		if !empty {
			current += " "
		}
		current, empty = current+word, false
	}
	return append(lines, current)
}

// words splits at spaces outside of backquotes. A backquote without a partner is a letter.
func words(paragraph string) []string {
	var all []string
	quoted := false
	for i, part := range strings.Split(paragraph, " ") {
		switch {
		case quoted:
			all[len(all)-1] += " " + part
		case part != "" || i == 0:
			all = append(all, part)
		}
		if strings.Count(part, "`")%2 == 1 {
			quoted = !quoted
		}
	}
	if quoted {
		return strings.Fields(paragraph)
	}
	return all
}
