package report_test

import (
	"testing"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/gstruct"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/report"
)

func TestARunIsWhatItsEventsSay(t *testing.T) {
	g := gomega.NewWithT(t)
	run := told(nil)
	g.Expect(run.Verdict).To(gomega.Equal(report.Failed))
	g.Expect(run.Command).To(gomega.Equal([]string{"seatrial", "workshop", "docs/exercise-3.md"}))
	g.Expect(run.Where.Provider).To(gomega.Equal("embedded"))
	g.Expect(run.Phases).To(gomega.HaveExactElements(gstruct.MatchFields(gstruct.IgnoreExtras, gstruct.Fields{"Name": gomega.Equal("bring up the cluster")})))
	g.Expect(run.Phases[0].Ended.Sub(run.Phases[0].Started).Seconds()).To(gomega.BeNumerically("==", 2))
	g.Expect(run.Subjects).To(gomega.HaveLen(3))
	g.Expect(run.Subjects[0].Steps[0].Verdict).To(gomega.Equal(report.Passed), "the end of a step takes the place of its beginning")
	g.Expect(run.Subjects[1].Verdict).To(gomega.Equal(report.Skipped))
	g.Expect(run.Subjects[2].Revisions).To(gomega.HaveLen(2))
	g.Expect(run.Sentence()).To(gomega.Equal("FAILED: 2 of 5 steps passed, 2 of 3 rows hold, 2 failed, 1 not run, 2 errors, 1 warning, 1 place not covered"))
}

func TestWhatWasFoundCountsMoreThanWhatCouldNotBeFoundOut(t *testing.T) {
	g := gomega.NewWithT(t)
	g.Expect(told(errTrouble).Verdict).To(gomega.Equal(report.Failed))

	recorder := &report.Recorder{}
	stream := report.NewStream(clock(), recorder)
	stream.Begin("seatrial", "workshop")
	stream.Finish(errTrouble)
	g.Expect(recorder.Run().Verdict).To(gomega.Equal(report.Undecided))
}

func TestARunThatHasNotEndedIsUndecided(t *testing.T) {
	g := gomega.NewWithT(t)
	recorder := &report.Recorder{}
	stream := report.NewStream(clock(), recorder)
	stream.Begin("seatrial", "workshop")
	stream.BeginSubject("d", 1, report.Subject{Title: "A"})
	stream.BeginStep("d", report.Step{Number: 1, Name: "sleep"})
	g.Expect(recorder.Run().Verdict).To(gomega.Equal(report.Undecided))
	g.Expect(recorder.Run().Subjects[0].Steps[0].Verdict).To(gomega.Equal(report.Undecided))
}

func TestAnErrorOfNoStepFailsItsSubject(t *testing.T) {
	g := gomega.NewWithT(t)
	recorder := &report.Recorder{}
	stream := report.NewStream(clock(), recorder)
	stream.Begin("seatrial")
	stream.BeginSubject("p", 1, report.Subject{Title: "A"})
	stream.EndStep("p", report.Step{Number: 1, Verdict: report.Passed})
	stream.EndSubject("p", report.Subject{Findings: []report.Finding{{Severity: report.Error, Text: "left over"}}})
	stream.Finish(nil)
	g.Expect(recorder.Run().Verdict).To(gomega.Equal(report.Failed))
}

func TestARunThatWasGivenAwayDoesNotChange(t *testing.T) {
	g := gomega.NewWithT(t)
	recorder := &report.Recorder{}
	stream := report.NewStream(clock(), recorder)
	stream.BeginSubject("d", 1, report.Subject{Title: "A"})
	stream.EndStep("d", report.Step{Number: 1, Verdict: report.Passed})
	before := recorder.Run()
	stream.EndStep("d", report.Step{Number: 1, Verdict: report.Failed})
	g.Expect(before.Subjects[0].Steps[0].Verdict).To(gomega.Equal(report.Passed))
}

func TestARowThatDoesNotHoldFailsTheRun(t *testing.T) {
	g := gomega.NewWithT(t)
	told := func(held ...bool) report.Run {
		recorder := &report.Recorder{}
		stream := report.NewStream(clock(), recorder)
		stream.Begin("seatrial")
		for _, is := range held {
			stream.Table("Faults", report.Row{Done: "a fault", Held: is})
		}
		stream.Finish(nil)
		return recorder.Run()
	}
	g.Expect(told(true, true).Sentence()).To(gomega.Equal("PASSED: 2 of 2 rows hold"))
	g.Expect(told(true, false).Sentence()).To(gomega.Equal("FAILED: 1 of 2 rows hold"))
	g.Expect(told(true, false).Tables).To(gomega.HaveLen(1), "rows of one title are one table")
	g.Expect(report.Table{}.Verdict()).To(gomega.Equal(report.Undecided), "nothing was done")
}

// Steps of parallel paths come in any order, and numbers out of theirs.
func TestStepsAreInTheirOrderHoweverTheyAreTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.Permutation([]int{1, 2, 3, 4, 5, 6}).Draw(t, "numbers")
		recorder := &report.Recorder{}
		stream := report.NewStream(clock(), recorder)
		stream.BeginSubject("a", 0, report.Subject{})
		stream.BeginSubject("b", 0, report.Subject{})
		for _, n := range numbers {
			stream.EndStep(rapid.SampledFrom([]report.SubjectID{"a", "b", "unknown"}).Draw(t, "subject"), report.Step{Number: n, Verdict: report.Passed})
		}
		for _, subject := range recorder.Run().Subjects {
			for i := 1; i < len(subject.Steps); i++ {
				if subject.Steps[i-1].Number >= subject.Steps[i].Number {
					t.Fatalf("steps out of order: %v", subject.Steps)
				}
			}
		}
	})
}
