package report

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// Fit cuts a line to so many columns, with a mark where something is missing.
func Fit(line string, width int) string { return runewidth.Truncate(line, max(width, 1), "…") }

// Wrap breaks a text between words so that no line is wider than there are columns, each with a margin: a word that is
// wider by itself, such as a path to be copied, stands whole on a line of its own.
func Wrap(text, margin string, width int) []string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, wrapLine(strings.TrimRight(line, "\r\n"), margin, width)...)
	}
	return lines
}

func wrapLine(line, margin string, width int) []string {
	if runewidth.StringWidth(margin+line) <= width {
		return []string{margin + line} // Columns stay columns.
	}
	var done []string
	current := margin + leading(line)
	empty := true
	for word := range strings.FieldsSeq(line) {
		if !empty && runewidth.StringWidth(current)+1+runewidth.StringWidth(word) > width {
			done, current, empty = append(done, current), margin, true
		}
		if !empty {
			current += " "
		}
		current += word
		empty = false
	}
	return append(done, current)
}

func leading(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " "))] }
