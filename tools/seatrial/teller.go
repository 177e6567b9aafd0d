package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"seatrial/e2e/framework/report/paint"
	"seatrial/e2e/framework/trial"
	"seatrial/e2e/framework/workshop"
)

// teller tells on a terminal what was found in documents.
type teller struct {
	out     io.Writer
	verbose bool
	paint   paint.Paint
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
		grade := t.paint.Bad("error")
		if finding.Warning {
			grade = t.paint.Odd("warning")
		}
		fmt.Fprintf(t.out, "%s:%d: %s: %s\n", finding.File, finding.Line, grade, finding.Text)
	}
}

// list tells what would run.
func list(out io.Writer, doc *workshop.Document) {
	fmt.Fprintf(out, "\n== %s (%s)\n", cmp.Or(doc.Title, "A document without a title"), doc.Path)
	for i, step := range doc.Steps {
		compared := "nothing to compare"
		if step.Expected != nil {
			compared = fmt.Sprintf("%d lines to compare", len(step.Expected.Lines))
			if len(step.Expected.Lines) == 1 {
				compared = "1 line to compare"
			}
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
