package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// Width is that of a terminal on which nothing that Summary writes is broken by the terminal itself.
const Width = 80

// Summary writes what a person needs to see at the end: the findings under the step they belong to, each subject on a
// line, and the verdict last, where the eye is.
func Summary(out io.Writer, run Run) {
	for i := range run.Subjects {
		summarise(out, run.Subjects[i])
	}
	fmt.Fprintln(out)
	for i := range run.Subjects {
		subject := &run.Subjects[i]
		fmt.Fprintln(out, fit(fmt.Sprintf("%-9s %s", subject.Verdict, subject.Name()), Width))
	}
	if run.Trouble != "" {
		fmt.Fprintf(out, "\nCould not be found out:\n%s\n", wrap(run.Trouble, "  "))
	}
	fmt.Fprintf(out, "\n%s\n", wrap(run.Sentence(), ""))
}

func summarise(out io.Writer, s Subject) {
	if len(s.AllFindings()) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n", wrap(s.Name(), ""))
	for _, finding := range s.Findings {
		tell(out, finding)
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		if len(step.Findings) == 0 {
			continue
		}
		if step.Heading != "" {
			fmt.Fprintf(out, "\n%s\n", wrap(step.Heading, "  "))
		}
		fmt.Fprintln(out, fit("  $ "+FirstLine(cmp.Or(step.Command, step.Name)), Width))
		for _, finding := range step.Findings {
			tell(out, finding)
		}
	}
}

// tell writes a finding: its place on a line that editors can follow, then what it says, then promised and seen below
// each other, where the eye compares them.
func tell(out io.Writer, f Finding) {
	head := string(f.Severity)
	if f.Word != "" {
		head += " " + f.Word
	}
	if f.File != "" {
		place := f.File
		if f.Line > 0 {
			place = fmt.Sprintf("%s:%d", f.File, f.Line)
		}
		head = place + ": " + head
	}
	fmt.Fprintln(out, "  "+head)
	fmt.Fprintln(out, wrap(f.Text, "    "))
	if f.Expected != "" || f.Actual != "" {
		label(out, "promised", cmp.Or(f.Expected, "nothing"))
		label(out, "seen", cmp.Or(f.Actual, "nothing"))
	}
	if f.Remedy != "" {
		label(out, "remedy", f.Remedy)
	}
}

// label writes a text behind a word, with all its lines below each other.
func label(out io.Writer, word, text string) {
	const margin = 16
	text = wrap(text, strings.Repeat(" ", margin))
	fmt.Fprintf(out, "      %-*s%s\n", margin-6, word, text[margin:])
}

// fit cuts a line to a width, with a mark where something is missing.
func fit(line string, width int) string { return runewidth.Truncate(line, width, "…") }

// wrap breaks a text between words so that no line is longer than Width, except for words that are.
func wrap(text, margin string) string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, wrapLine(strings.TrimRight(line, "\r\n"), margin)...)
	}
	return strings.Join(lines, "\n")
}

func wrapLine(line, margin string) []string {
	if runewidth.StringWidth(margin+line) <= Width {
		return []string{margin + line} // Columns stay columns.
	}
	var done []string
	current := margin + leading(line)
	empty := true
	for word := range strings.FieldsSeq(line) {
		if !empty && runewidth.StringWidth(current)+1+runewidth.StringWidth(word) > Width {
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
