package main

import (
	"cmp"
	"slices"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/trial"
	"seatrial/e2e/framework/workshop"
)

// documentAccount keeps the account of one document.
type documentAccount struct {
	stream *report.Stream
	id     report.SubjectID
	told   []trial.Finding // with their steps
}

// document begins the account of one that is about to be played.
func (a *account) document(doc *workshop.Document, group string) (*documentAccount, error) {
	passages, err := doc.Passages()
	if err != nil {
		return nil, err
	}
	subject := subjectOf(doc, group)
	for _, passage := range passages {
		subject.Prose = append(subject.Prose, report.Prose{HTML: passage.HTML, Step: passage.Step + 1})
	}
	d := &documentAccount{stream: a.stream, id: a.next()}
	a.stream.BeginSubject(d.id, len(doc.Steps), subject)
	return d, nil
}

// skipped is the whole account of a document that is not for this cluster.
func (a *account) skipped(doc *workshop.Document, group, reason string) {
	id := a.next()
	a.stream.BeginSubject(id, len(doc.Steps), subjectOf(doc, group))
	a.stream.EndSubject(id, report.Subject{Verdict: report.Skipped, Reason: reason})
}

// notBegun is the whole account of a document that was not begun.
func (a *account) notBegun(doc *workshop.Document, group, reason string) {
	id := a.next()
	a.stream.BeginSubject(id, len(doc.Steps), subjectOf(doc, group))
	a.stream.EndSubject(id, report.Subject{Verdict: report.NotRun, Reason: reason})
}

// linted is the whole account of a document that was only read.
func (a *account) linted(doc *workshop.Document, found []report.Finding) {
	id := a.next()
	a.stream.BeginSubject(id, 0, subjectOf(doc, ""))
	a.stream.EndSubject(id, report.Subject{Findings: found})
}

func subjectOf(doc *workshop.Document, group string) report.Subject {
	subject := report.Subject{
		Kind: report.Document, Group: group, Title: cmp.Or(doc.Title, doc.Path), File: doc.Path,
	}
	for _, part := range doc.NotCovered {
		subject.NotCovered = append(subject.NotCovered, report.Place{Line: part.Line, Text: string(part.Kind) + ": " + part.Text})
	}
	return subject
}

// step tells of a step that begins or has ended.
func (d *documentAccount) step(play trial.Play) {
	step := report.Step{
		Number: play.Number, Name: firstLine(play.Step.Command), Heading: play.Step.Heading, Line: play.Step.Line, Command: play.Step.Command,
		Verdict: verdictOf(play.Verdict), Reason: cmp.Or(play.Reason, play.Note), Seconds: play.Took.Seconds(), Tries: play.Tries, Exit: play.Exit, Output: play.Output,
	}
	if play.Verdict == trial.Running {
		d.stream.BeginStep(d.id, step)
		return
	}
	if play.Step.Expected != nil {
		step.Expected = play.Step.Expected.Text()
	}
	d.told = append(d.told, play.Findings...)
	for i := range play.Findings {
		step.Findings = append(step.Findings, findingOf(play.Findings[i]))
	}
	d.stream.EndStep(d.id, step)
}

// end tells what was found in the document by itself, what became of releases, and that it is over.
func (d *documentAccount) end(all []trial.Finding, revisions []report.Revision, rest []report.Finding) {
	for i := range all {
		if !slices.Contains(d.told, all[i]) {
			rest = append(rest, findingOf(all[i]))
		}
	}
	d.stream.EndSubject(d.id, report.Subject{Findings: rest, Revisions: revisions})
}

func findingOf(f trial.Finding) report.Finding {
	severity := report.Error
	if f.Warning {
		severity = report.Warning
	}
	return report.Finding{
		Severity: severity, File: f.File, Line: f.Line, Object: f.Row, Field: f.Column, Expected: f.Expected, Actual: f.Actual, Text: f.Text,
	}
}

func verdictOf(v trial.Verdict) report.Verdict {
	switch v {
	case trial.Passed:
		return report.Passed
	case trial.Failed:
		return report.Failed
	case trial.Skipped:
		return report.Skipped
	case trial.NotRun:
		return report.NotRun
	case trial.Running:
	}
	return report.Undecided
}
