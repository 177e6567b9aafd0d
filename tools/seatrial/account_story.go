package main

import (
	"strings"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/workshop/story"
)

// chapterAccount keeps the account of one chapter of the workshop's story; its steps are promises.
type chapterAccount struct {
	stream *report.Stream
	id     report.SubjectID
	last   report.Step
}

// chapter begins the account of one.
func (a *account) chapter(c story.Chapter) *chapterAccount {
	told := &chapterAccount{stream: a.stream, id: a.next()}
	a.stream.BeginSubject(told.id, len(c.Promises), report.Subject{Kind: report.Story, Group: "The workshop", Title: c.Title})
	return told
}

// promise tells what became of the next one: missing features skip it, and an error breaks it.
func (c *chapterAccount) promise(text string, missing []string, broken error) report.Verdict {
	step := report.Step{Number: c.last.Number + 1, Name: text, Verdict: report.Passed}
	switch {
	case len(missing) > 0:
		step.Verdict, step.Reason = report.Skipped, "needs "+strings.Join(missing, ", ")
	case broken != nil:
		step.Verdict = report.Failed
		step.Findings = []report.Finding{{Severity: report.Error, Text: broken.Error()}}
	}
	c.stream.EndStep(c.id, step)
	c.last = step
	return step.Verdict
}

// end adds to the last promise what the reader of the workshop sees after the chapter, and what a witness saw of releases.
func (c *chapterAccount) end(history, objects string, seen *witness) {
	if c.last.Number > 0 {
		c.last.Attachments = []report.Attachment{{Title: "helm history", Text: history}, {Title: "kubectl get all", Text: objects}}
		c.stream.EndStep(c.id, c.last)
	}
	revisions, notes := seen.tell()
	c.stream.EndSubject(c.id, report.Subject{Revisions: revisions, Findings: notes})
}
