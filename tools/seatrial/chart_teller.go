package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/regression"
)

// chartTeller tells on a terminal how a chart's paths go.
type chartTeller struct {
	out   io.Writer
	start time.Time

	quiet   bool // tell only what was found
	verbose bool // tell every step

	paths, failed, notRun, errors, notes int
	folder                               string // of evidence
}

func (t *chartTeller) title(one trialled) {
	fmt.Fprintf(t.out, "\n== %s\n", one.name)
	for i, r := range one.revisions {
		fmt.Fprintf(t.out, "   revision %d: %s (chart %s)\n", i+1, r.Name, r.Chart.Version())
	}
}

// tell says what happens to a path, as it happens.
func (t *chartTeller) tell(e regression.Event) {
	switch {
	case t.quiet:
	case e.Waiting != "":
		t.line(e.Path, fmt.Sprintf("waiting for %.0f s: %s", e.Waited.Seconds(), e.Waiting))
	case e.End != nil:
		t.end(*e.End)
	case e.Step != nil && e.Step.Err != "":
		t.line(e.Path, e.Step.Name+": "+firstLine(e.Step.Err))
	case e.Step != nil && t.verbose:
		t.line(e.Path, e.Step.Name)
	}
}

func (t *chartTeller) line(path regression.Path, text string) {
	fmt.Fprintf(t.out, "   %5.1fs  %s: %s\n", time.Since(t.start).Seconds(), path.Name, text)
}

func (t *chartTeller) end(p regression.PathResult) {
	fmt.Fprintf(t.out, "  %-7s %s  (%.1f s)\n", p.Verdict, p.Path.Name, p.Took.Seconds())
}

// findings tells each once, with all the paths that it was seen on.
func (t *chartTeller) findings(result regression.Result) {
	for _, p := range result.Paths {
		t.paths++
		switch p.Verdict {
		case regression.Failed:
			t.failed++
			t.folder = p.Artifacts
		case regression.NotRun:
			t.notRun++
			fmt.Fprintf(t.out, "  %-7s %s\n", p.Verdict, p.Path.Name)
		case regression.Passed:
		}
	}
	for _, g := range regression.Gather(result.Findings()) {
		grade := "error"
		if g.Note {
			grade = "note"
			t.notes++
		} else {
			t.errors++
		}
		fmt.Fprintf(t.out, "\n%s: %s: %s\n", grade, g.Word, g.Subject())
		t.detail("expected", g.Expected)
		t.detail("found", g.Found)
		t.detail("seen", fmt.Sprintf("at %s, on: %s", g.Step, strings.Join(g.Paths, "; ")))
		t.detail("why", g.Why())
		t.detail("mend", g.Mend())
	}
}

func (t *chartTeller) detail(label, text string) {
	if text != "" {
		fmt.Fprintf(t.out, "  %-9s %s\n", label, strings.ReplaceAll(text, "\n", "\n            "))
	}
}

func (t *chartTeller) verdict(on framework.Handle) {
	word := "PASSED"
	if t.errors > 0 {
		word = "FAILED"
	}
	fmt.Fprintf(t.out, "\n%s: %d of %d paths", word, t.paths-t.failed-t.notRun, t.paths)
	for _, part := range []struct {
		count int
		text  string
	}{{t.failed, "failed"}, {t.notRun, "not run"}, {t.errors, "errors"}, {t.notes, "notes"}} {
		if part.count > 0 {
			fmt.Fprintf(t.out, ", %d %s", part.count, part.text)
		}
	}
	fmt.Fprintf(t.out, " on provider %s, Kubernetes %s (%.0f s)\n", on.Provider, on.Kubernetes, time.Since(t.start).Seconds())
	if t.failed > 0 && on.Artifacts != "" {
		fmt.Fprintf(t.out, "evidence: %s\n", on.Artifacts)
	}
}
