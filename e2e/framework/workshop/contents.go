package workshop

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	directiveOption = regexp.MustCompile(`^:[a-z][\w-]*:`)
	lineNumber      = regexp.MustCompile(`^\s*(\d{1,4})[ |:.\t]\s?`)
	clickable       = regexp.MustCompile(`^terminal:execute`)
	clickCommand    = regexp.MustCompile(`^command:\s*`)
)

// contents are the lines of a code block without what is no part of the code: options of a directive, numbers of
// lines, keys around a command to click on.
func contents(b block) []Line {
	lines := trim(b.lines)
	switch {
	case strings.HasPrefix(strings.TrimSpace(b.info), "{"):
		for len(lines) > 0 && directiveOption.MatchString(lines[0].Text) {
			lines = trim(lines[1:])
		}
	case clickable.MatchString(b.info):
		return clicked(lines)
	}
	return unnumbered(lines)
}

// clicked takes the command out of a block that is clicked to run it.
func clicked(lines []Line) []Line {
	for _, l := range lines {
		if at := clickCommand.FindString(l.Text); at != "" && len(at) < len(l.Text) {
			return []Line{l.without(len(at))}
		}
	}
	return lines
}

// without leaves out the first bytes of a line.
func (l Line) without(n int) Line {
	padding := len(l.Text) - (l.Span.End - l.Span.Start)
	return Line{Text: l.Text[n:], Number: l.Number, Span: Span{l.Span.Start + max(n-padding, 0), l.Span.End}}
}

// unnumbered takes off numbers that count the lines of a block from 1, which an author has copied from an editor.
func unnumbered(lines []Line) []Line {
	if len(lines) < 2 {
		return lines
	}
	plain := make([]Line, len(lines))
	for i, l := range lines {
		m := lineNumber.FindStringSubmatch(l.Text[:min(len(l.Text), longestLook)])
		if len(m) < 2 || m[1] != strconv.Itoa(i+1) {
			return lines
		}
		plain[i] = l.without(len(m[0]))
	}
	if !knownCommand(plain[0].Text) && !strings.HasPrefix(plain[0].Text, "$ ") {
		return lines
	}
	return plain
}
