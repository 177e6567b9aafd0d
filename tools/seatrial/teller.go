package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"seatrial/e2e/framework/trial"
	"seatrial/e2e/framework/workshop"
)

// teller tells on a terminal how a document goes.
type teller struct {
	out     io.Writer
	quiet   bool // tell only what was found
	verbose bool
}

func (t *teller) title(doc *workshop.Document) {
	fmt.Fprintf(t.out, "\n== %s (%s)\n", cmp.Or(doc.Title, "A document without a title"), doc.Path)
}

func (t *teller) step(play trial.Play) {
	if play.Verdict == trial.Running || t.quiet {
		return
	}
	note := fmt.Sprintf("%.1f s", play.Took.Seconds())
	if play.Tries > 1 {
		note += fmt.Sprintf(", looked %d times", play.Tries)
	}
	if play.Note != "" {
		note += ", " + play.Note
	}
	if play.Reason != "" {
		note = play.Reason
	}
	fmt.Fprintf(t.out, "  %-7s %3d  line %-4d %s  (%s)\n", play.Verdict, play.Number, play.Step.Line, firstLine(play.Step.Command), note)
	if t.verbose && play.Output != "" {
		fmt.Fprintln(t.out, indent(play.Output))
	}
}

// findings tells each with its place; the command stands once above those that belong to it.
func (t *teller) findings(all []trial.Finding) {
	command := ""
	for _, finding := range all {
		if finding.Command != command {
			command = finding.Command
			fmt.Fprintln(t.out)
			if finding.Heading != "" {
				fmt.Fprintf(t.out, "%s\n", finding.Heading)
			}
			fmt.Fprintf(t.out, "$ %s\n", firstLine(command))
		}
		fmt.Fprintln(t.out, finding)
	}
}

// list tells what would run.
func list(out io.Writer, doc *workshop.Document) {
	(&teller{out: out}).title(doc)
	for i, step := range doc.Steps {
		compared := "nothing to compare"
		if step.Expected != nil {
			compared = fmt.Sprintf("%d lines to compare", len(step.Expected.Lines))
		}
		if why := omitted(step); why != "" {
			compared = "skipped: " + why
		}
		fmt.Fprintf(out, "  %3d  line %-4d %s  (%s)\n", i+1, step.Line, firstLine(step.Command), compared)
	}
	for _, part := range doc.NotCovered {
		fmt.Fprintf(out, "  not covered: line %d, %s: %s\n", part.Line, part.Kind, part.Text)
	}
}

// omitted says why a step does not run on any cluster.
func omitted(step workshop.Step) string { return cmp.Or(step.Hints.Skip, step.Unfit) }

func firstLine(command string) string {
	line, _, more := strings.Cut(strings.TrimSpace(command), "\n")
	if more {
		return strings.TrimSuffix(line, "\\") + " …"
	}
	return line
}
