package main

import (
	"fmt"
	"slices"
	"time"

	"seatrial/e2e/framework/regression"
	"seatrial/e2e/framework/report"
)

// chartAccount keeps the account of the paths of one chart. They go at the same time, and are told of one at a time.
type chartAccount struct {
	account *account
	chart   string
	folder  string
	paths   map[string]*pathAccount
}

// pathAccount is what was told of one path.
type pathAccount struct {
	id    report.SubjectID
	steps []report.Step
}

// paths begins the account of a chart.
func (a *account) paths(chart, folder string) *chartAccount {
	return &chartAccount{account: a, chart: chart, folder: folder, paths: map[string]*pathAccount{}}
}

// tell keeps what happens to a path.
func (c *chartAccount) tell(e regression.Event) {
	path := c.paths[e.Path.Name]
	switch {
	case path == nil:
		path = &pathAccount{id: c.account.next()}
		c.paths[e.Path.Name] = path
		c.account.stream.BeginSubject(path.id, len(e.Path.Steps), report.Subject{
			Kind: report.Path, Group: c.chart, Title: e.Path.Name, File: c.folder,
		})
	case e.Begins != "":
		c.account.stream.BeginStep(path.id, report.Step{Number: len(path.steps) + 1, Name: e.Begins})
	case e.Waiting != "":
		c.account.stream.Doing(report.Doing{Subject: path.id, What: "waiting: " + e.Waiting})
	case e.Step != nil:
		step := stepOf(len(path.steps)+1, *e.Step)
		path.steps = append(path.steps, step)
		c.account.stream.EndStep(path.id, step)
	case e.End != nil:
		c.close(path, *e.End)
	}
}

// close puts the findings to the steps that they belong to.
func (c *chartAccount) close(path *pathAccount, result regression.PathResult) {
	end := report.Subject{Verdict: verdictOfPath(result.Verdict), Revisions: revisionsOf("", result.Ledgers), Evidence: result.Artifacts}
	for i := range result.Findings {
		finding := result.Findings[i]
		at := slices.IndexFunc(path.steps, func(s report.Step) bool { return s.Name == finding.Step })
		if at < 0 {
			end.Findings = append(end.Findings, faultOf(finding))
			continue
		}
		step := &path.steps[at]
		step.Findings = append(step.Findings, faultOf(finding))
		if !finding.Note {
			step.Verdict = report.Failed
		}
	}
	if result.Verdict == regression.NotRun {
		unrefuted(path.steps)
	}
	for i := range path.steps {
		c.account.stream.EndStep(path.id, path.steps[i])
	}
	c.account.stream.EndSubject(path.id, end)
}

// unrefuted takes the blame from steps that could not be done for no fault of the chart.
func unrefuted(steps []report.Step) {
	for i := range steps {
		if steps[i].Verdict == report.Failed {
			steps[i].Verdict = report.NotRun
		}
	}
}

// end adds the paths that were never begun.
func (c *chartAccount) end(result regression.Result) {
	for i := range result.Paths {
		if path := result.Paths[i].Path; c.paths[path.Name] == nil {
			c.tell(regression.Event{Path: path})
			c.close(c.paths[path.Name], result.Paths[i])
		}
	}
}

func stepOf(number int, s regression.StepResult) report.Step {
	step := report.Step{Number: number, Name: s.Name, Verdict: report.Passed, Started: time.Now().Add(-s.Took), Seconds: s.Took.Seconds()}
	if s.Err != "" {
		step.Verdict, step.Reason = report.Failed, s.Err
	}
	return step
}

func faultOf(f regression.Finding) report.Finding {
	severity := report.Error
	if f.Note {
		severity = report.Note
	}
	object := ""
	if f.Object.Kind != "" {
		object = f.Object.String()
	}
	return report.Finding{
		Severity: severity, Word: string(f.Word), Object: object, Field: f.Field, Expected: f.Expected, Actual: f.Found,
		Text: fmt.Sprintf("%s: expected %s, found %s", f.Subject(), f.Expected, f.Found), Why: f.Why(), Remedy: f.Mend(),
	}
}

func verdictOfPath(v regression.Verdict) report.Verdict {
	switch v {
	case regression.Passed:
		return report.Passed
	case regression.Failed:
		return report.Failed
	case regression.NotRun:
	}
	return report.NotRun
}
