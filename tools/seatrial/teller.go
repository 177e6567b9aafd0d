package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
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

// tally counts over all documents.
type tally struct {
	documents, passed, failed, notRun, skipped int
	errors, warnings, notCovered               int
}

// add counts a performance and gives all that was found, in the order of the lines: in the
// document itself and when it was played, the same thing once.
func (t *tally) add(p *trial.Performance) []trial.Finding {
	t.documents++
	t.notCovered += len(p.Document.NotCovered)
	for i := range p.Plays {
		switch p.Plays[i].Verdict {
		case trial.Passed:
			t.passed++
		case trial.Failed:
			t.failed++
		case trial.NotRun:
			t.notRun++
		case trial.Skipped:
			t.skipped++
		case trial.Running:
		}
	}
	all := slices.Concat(p.Findings(), trial.Lint(p.Document))
	slices.SortStableFunc(all, func(a, b trial.Finding) int { return cmp.Compare(a.Line, b.Line) })
	all = slices.Compact(all)
	for _, finding := range all {
		if finding.Warning {
			t.warnings++
		} else {
			t.errors++
		}
	}
	return all
}

func (t *tally) verdict(out io.Writer) {
	word := "PASSED"
	if t.errors > 0 {
		word = "FAILED"
	}
	steps := t.passed + t.failed + t.notRun + t.skipped
	fmt.Fprintf(out, "\n%s: %d of %d steps show what the document shows", word, t.passed, steps)
	for _, part := range []struct {
		count int
		text  string
	}{
		{t.failed, "failed"}, {t.notRun, "not run"}, {t.skipped, "skipped"}, {t.errors, "errors"}, {t.warnings, "warnings"}, {t.notCovered, "places not covered"},
	} {
		if part.count > 0 {
			fmt.Fprintf(out, ", %d %s", part.count, part.text)
		}
	}
	fmt.Fprintln(out)
}
