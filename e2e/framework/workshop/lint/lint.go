// Package lint finds what is wrong with a workshop document without running it.
package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"seatrial/e2e/framework/workshop"
)

// Finding is a likely mistake in a document. Each is a warning: a workshop may be right all the same.
type Finding struct {
	File    string
	Line    int
	Heading string
	Command string
	Message string
}

// String is the finding as a person reads it, beginning with its place.
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message)
}

// Check returns the findings of a document, in the order of their lines.
func Check(doc *workshop.Document) []Finding {
	var findings []Finding
	for i := range doc.Steps {
		findings = append(findings, step(&doc.Steps[i])...)
	}
	findings = append(findings, spellings(doc)...)
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	return findings
}

// step looks at one step alone.
func step(s *workshop.Step) []Finding {
	var findings []Finding
	if s.Unclosed {
		findings = append(findings, at(s, s.Line, "the command does not end: a quote, a here-document or a loop is not closed"))
	}
	if sign := typographic(s.Command); sign != "" {
		findings = append(findings, at(s, s.Line, fmt.Sprintf("the command has %s, which no shell knows: an editor may have put it there", sign)))
	}
	for _, r := range s.Repeats {
		if !r.Differs {
			continue
		}
		mine, other, _ := workshop.Typo(s.Command, r.Command)
		findings = append(findings, at(s, r.Line,
			fmt.Sprintf("this is the command of line %d, but has %q where that has %q", s.Line, other, mine)))
	}
	return findings
}

// typographic finds what editors make of quotes and of the dashes of flags.
func typographic(command string) string {
	if i := strings.IndexAny(command, "“”„‘’«»"); i >= 0 {
		r, _ := utf8.DecodeRuneInString(command[i:])
		return "the quote " + string(r)
	}
	for _, dash := range []string{"–", "—", "‑", "−"} {
		if _, after, found := strings.Cut(command, " "+dash); found && after != "" && after[0] != ' ' {
			return "the dash " + dash
		}
	}
	return ""
}

func at(s *workshop.Step, line int, message string) Finding {
	return Finding{File: s.File, Line: line, Heading: s.Heading, Command: s.Command, Message: message}
}
