package main

import (
	"cmp"
	"slices"

	"seatrial/e2e/framework/trial"
	"seatrial/e2e/framework/workshop"
)

// tally counts over all documents.
type tally struct {
	documents, passed, failed, notRun, skipped int
	errors, warnings, notCovered               int

	elsewhere int // failures of others, which are not counted here
}

// failures are what keeps --fail-fast from beginning more.
func (t *tally) failures() int { return t.failed + t.errors + t.elsewhere }

// omit counts a document that was not begun.
func (t *tally) omit(doc *workshop.Document) {
	t.documents++
	t.notCovered += len(doc.NotCovered)
	t.notRun += len(doc.Steps)
}

// merge adds what another one has counted.
func (t *tally) merge(other *tally) {
	t.documents += other.documents
	t.passed += other.passed
	t.failed += other.failed
	t.notRun += other.notRun
	t.skipped += other.skipped
	t.errors += other.errors
	t.warnings += other.warnings
	t.notCovered += other.notCovered
}

// add counts a performance and gives all that was found, in the document itself and when it was played, the same thing
// once.
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
	sortFindings(all)
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

// sortFindings puts errors before warnings, each in the order of the lines.
func sortFindings(all []trial.Finding) {
	grade := map[bool]int{false: 0, true: 1}
	slices.SortStableFunc(all, func(a, b trial.Finding) int {
		return cmp.Or(cmp.Compare(grade[a.Warning], grade[b.Warning]), cmp.Compare(a.Line, b.Line))
	})
}
