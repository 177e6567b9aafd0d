package main

import (
	"testing"
	"time"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/gstruct"

	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/regression"
	"seatrial/e2e/framework/report"
	"seatrial/tools/seatrial/internal/choices"
)

func TestTheReportHasEachPathWithItsStepsItsFaultsAndItsRevisions(t *testing.T) {
	g := gomega.NewWithT(t)
	slave := ledger.Object{Ref: objects.Ref{Kind: "Service", Name: "redis-slave"}, Fields: map[string]any{}}
	there := ledger.Ledger{Record: &ledger.Record{Revision: 1, Status: "deployed"}, Objects: []ledger.Object{slave}}
	gone := ledger.Ledger{Record: &ledger.Record{Revision: 2, Status: "deployed"}}

	a := newAccount(choices.New())
	c := a.paths("guestbook 0.2.0", "charts/guestbook")
	path, unbegun := regression.Path{Name: "roll back"}, regression.Path{Name: "install"}
	c.tell(regression.Event{Path: path})
	c.tell(regression.Event{Path: path, Waiting: "Deployment/web"})
	c.tell(regression.Event{Path: path, Step: &regression.StepResult{Name: "install", Took: time.Second}})
	c.tell(regression.Event{Path: path, Step: &regression.StepResult{Name: "roll back", Took: time.Second}})
	end := regression.PathResult{Path: path, Verdict: regression.Failed, Ledgers: []ledger.Ledger{there, gone, there}, Findings: []regression.Finding{
		{Word: regression.ListElementLeft, Path: "roll back", Step: "roll back", Object: objects.Ref{Kind: "Service", Name: "web"}, Field: "spec.ports[udp]", Expected: "nothing", Found: "53"},
		{Word: regression.HistoryLaw, Path: "roll back", Step: "nowhere", Note: true},
	}}
	c.tell(regression.Event{Path: path, End: &end})
	c.end(regression.Result{Paths: []regression.PathResult{end, {Path: unbegun, Verdict: regression.NotRun}}})

	run := a.recorder.Run()
	g.Expect(run.Subjects).To(gomega.HaveLen(2))
	tried, never := run.Subjects[0], run.Subjects[1]
	g.Expect(tried.Verdict).To(gomega.Equal(report.Failed))
	g.Expect(tried.Steps).To(gomega.HaveExactElements(
		gstruct.MatchFields(gstruct.IgnoreExtras, gstruct.Fields{"Name": gomega.Equal("install"), "Verdict": gomega.Equal(report.Passed)}),
		gstruct.MatchFields(gstruct.IgnoreExtras, gstruct.Fields{
			"Name": gomega.Equal("roll back"), "Verdict": gomega.Equal(report.Failed),
			"Findings": gomega.HaveExactElements(gstruct.MatchFields(gstruct.IgnoreExtras, gstruct.Fields{
				"Word": gomega.Equal("list-element-left"), "Object": gomega.Equal("Service/web"), "Field": gomega.Equal("spec.ports[udp]"), "Remedy": gomega.Not(gomega.BeEmpty()),
			})),
		})))
	g.Expect(tried.Findings).To(gomega.HaveLen(1), "one that belongs to no step belongs to the path")
	var fates []report.Fate
	for _, revision := range tried.Revisions {
		fates = append(fates, revision.Objects[0].Fate)
	}
	g.Expect(fates).To(gomega.Equal([]report.Fate{report.Came, report.Went, report.Returned}))
	g.Expect(never.Verdict).To(gomega.Equal(report.NotRun))
}
