package report_test

import (
	"errors"
	"time"

	"seatrial/e2e/framework/report"
)

// clock gives a time that goes on by a second each time somebody looks.
func clock() func() time.Time {
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

// wrongCell is what a reader of a document with one wrong cell is told.
var wrongCell = report.Finding{
	Severity: report.Error, File: "docs/exercise-3.md", Line: 42, Object: "revision 3", Field: "DESCRIPTION",
	Expected: "Rollback to 2", Actual: "Rollback to 1",
	Text: `row revision 3: DESCRIPTION: document says "Rollback to 2", cluster says "Rollback to 1"`,
}

// told is a run of two documents and a chart, as a command would tell it.
func told(trouble error) report.Run {
	recorder := &report.Recorder{}
	stream := report.NewStream(clock(), recorder)
	stream.Begin("seatrial", "workshop", "docs/exercise-3.md")
	end := stream.Phase("bring up the cluster")
	stream.Settle(report.Where{Provider: "embedded", Cluster: "seatrial-1", Kubernetes: "v1.37.2", Why: "no engine can run nodes"})
	end()
	document(stream)
	skipped(stream)
	path(stream)
	tables(stream)
	stream.Finish(trouble)
	return recorder.Run()
}

func document(stream *report.Stream) {
	stream.BeginSubject("d1", 3, report.Subject{
		Kind: report.Document, Title: "Exercise 3", File: "docs/exercise-3.md", NotCovered: []report.Place{{Line: 9, Text: "helm version"}},
		Prose: []report.Prose{{HTML: "<h1>Exercise 3</h1>"}, {Step: 1}, {HTML: "<p>Roll back.</p>"}, {Step: 2}, {Step: 3}},
	})
	stream.BeginStep("d1", report.Step{Number: 1, Name: "kubectl create namespace helm-demo", Line: 12})
	stream.EndStep("d1", report.Step{
		Number: 1, Name: "kubectl create namespace helm-demo", Command: "kubectl create namespace helm-demo", Line: 12,
		Verdict: report.Passed, Seconds: 0.2, Output: "namespace/helm-demo created\n",
	})
	stream.EndStep("d1", report.Step{
		Number: 2, Name: "helm history guestbook-demo", Command: "helm history guestbook-demo", Heading: "Look at the history", Line: 38,
		Verdict: report.Failed, Seconds: 60, Tries: 31, Expected: "3  Rollback to 2\n", Output: "3  Rollback to 1\x1b[0m\n",
		Findings: []report.Finding{wrongCell, {Severity: report.Warning, File: "docs/exercise-3.md", Line: 40, Text: "no cluster makes the name guestbook-demo-6c9cf8b9-zddn"}},
	})
	stream.EndStep("d1", report.Step{Number: 3, Name: "helm status", Command: "helm status guestbook-demo", Line: 50, Verdict: report.NotRun, Reason: "a step before it failed"})
	stream.EndSubject("d1", report.Subject{})
}

// tables tells rows one by one and together; one of them does not hold.
func tables(stream *report.Stream) {
	stream.Table("Operations cut off", report.Row{
		Done: "the process is killed while helm upgrades", Expected: "the next upgrade works, and nothing of the first one is left", Happened: "it worked after the lock was taken over", Held: true,
	})
	stream.Table("Inputs", report.Row{Done: "an empty document", Expected: "it is refused, with its name", Happened: "refused", Held: true})
	stream.Table("Operations cut off", report.Row{
		Done: "the API server ends | between two hooks", Expected: "the release is failed", Happened: "it is pending-upgrade\nfor ever: guestbook-demo-7b9474579d-guestbook-demo-7b9474579d",
	})
}

func skipped(stream *report.Stream) {
	stream.BeginSubject("d2", 1, report.Subject{Kind: report.Document, Group: "guestbook en", Title: "Exercise 4", File: "docs/exercise-4.md"})
	stream.EndSubject("d2", report.Subject{Verdict: report.Skipped, Reason: "this cluster has no loadBalancer"})
}

func path(stream *report.Stream) {
	stream.BeginSubject("p1", 2, report.Subject{Kind: report.Path, Group: "guestbook", Title: "upgrade, roll back", File: "charts/guestbook"})
	stream.EndStep("p1", report.Step{Number: 1, Name: "install revision 1", Command: "helm install guestbook charts/guestbook", Verdict: report.Passed, Seconds: 2})
	stream.EndStep("p1", report.Step{
		Number: 2, Name: "roll back to 1", Command: "helm rollback guestbook 1", Verdict: report.Failed, Seconds: 1,
		Findings: []report.Finding{{
			Severity: report.Error, Word: "list-element-left", Object: "Deployment/web", Field: "spec.ports[metrics]", Actual: "9090",
			Text: "a port of revision 2 is still there after the rollback | to 1", Remedy: "give each port a number of its own",
		}},
		Attachments: []report.Attachment{{Title: "events", Text: "Warning BackOff pod/web <none>"}},
	})
	stream.EndSubject("p1", report.Subject{Revisions: []report.Revision{
		{Number: 1, Status: "superseded", Description: "Install complete", Objects: []report.Object{{Name: "Deployment/web", Fate: report.Came}}},
		{Number: 2, Status: "deployed", Description: "Rollback to 1", Objects: []report.Object{{Name: "Deployment/web", Fate: report.Changed, Fields: []string{"spec.ports[metrics]"}}}},
	}})
}

var errTrouble = errors.New("the API server is gone:\nconnection refused")
