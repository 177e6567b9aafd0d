package browser

import (
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/browser"
	"seatrial/e2e/framework/report"
)

// Of a run of a whole course.
const (
	manySteps  = 400
	muchOutput = 1 << 20 // bytes, of one step
)

var _ = Describe("The page of a long run", func() {
	It("opens, folds and leads to its findings all the same", func(ctx SpecContext) {
		address := pageOf(long(), "long")
		p := open(ctx, start(ctx))

		Expect(p.Visit(ctx, address)).To(Succeed())
		Expect(p.Until(ctx, "document.querySelectorAll('.step').length === "+fmt.Sprint(manySteps))).To(Succeed())
		Expect(p.Click(ctx, "#unfold")).To(Succeed())
		Expect(p.Until(ctx, shown(fmt.Sprintf("#subject-1-step-%d .output", manySteps)))).To(Succeed())
		Expect(read[int](ctx, p, fmt.Sprintf("document.querySelector('#subject-1-step-%d .output').textContent.length", manySteps/2))).To(BeNumerically(">=", muchOutput))
		Expect(p.Click(ctx, "#fold")).To(Succeed())
		Expect(p.Until(ctx, "!"+shown("#subject-1-step-1"))).To(Succeed())
		Expect(p.Press(ctx, "p")).To(Succeed())
		Expect(p.Until(ctx, inView(".finding:focus"))).To(Succeed())
		Expect(overflow(ctx, p)).To(BeZero())
		Expect(p.Window(ctx, picture("report-long"))).To(Succeed())
		Expect(p.Messages()).To(BeEmpty())
	}, SpecTimeout(browser.StartTimeout))
})

var _ = Describe("The page of hundreds of paths", func() {
	It("has what was found in sight, whatever the pictures before it have to show", func(ctx SpecContext) {
		address := pageOf(broad(), "broad")
		p := open(ctx, start(ctx))
		Expect(p.Visit(ctx, address)).To(Succeed())
		Expect(p.Until(ctx, "document.querySelectorAll('.subject').length === "+fmt.Sprint(manySteps))).To(Succeed())
		Expect(read[int](ctx, p, "document.querySelector('.subject').offsetTop / innerHeight | 0")).To(BeNumerically("<", 3))
		Expect(p.Press(ctx, "n")).To(Succeed())
		Expect(p.Until(ctx, inView(".finding:focus"))).To(Succeed())
		Expect(overflow(ctx, p)).To(BeZero())
		Expect(p.Messages()).To(BeEmpty())
	}, SpecTimeout(browser.StartTimeout))
})

// broad is a run of hundreds of paths, of which one has a fault.
func broad() report.Run {
	now := time.Date(2026, time.November, 30, 9, 0, 0, 0, time.UTC)
	recorder := &report.Recorder{}
	stream := report.NewStream(func() time.Time { now = now.Add(time.Second); return now }, recorder)
	stream.Begin("seatrial", "chart", "web")
	for number := range manySteps {
		id := report.SubjectID(fmt.Sprint(number))
		stream.BeginSubject(id, 1, report.Subject{Kind: report.Path, Group: "web", Title: fmt.Sprintf("upgrade %d", number)})
		step := report.Step{Number: 1, Name: "install", Verdict: report.Passed, Seconds: 0.5}
		if number == manySteps/2 {
			step.Verdict = report.Failed
			step.Findings = []report.Finding{{Severity: report.Error, Word: "drifted", Object: "Service/web", Text: "it is another one"}}
		}
		stream.EndStep(id, step)
		stream.EndSubject(id, report.Subject{})
	}
	stream.Finish(nil)
	return recorder.Run()
}

// long is a run of hundreds of steps, of which one has printed a megabyte.
func long() report.Run {
	now := time.Date(2026, time.November, 30, 9, 0, 0, 0, time.UTC)
	recorder := &report.Recorder{}
	stream := report.NewStream(func() time.Time { now = now.Add(time.Second); return now }, recorder)
	stream.Begin("seatrial", "workshop", "course.md")
	stream.BeginSubject("long", manySteps, report.Subject{Kind: report.Document, Title: "A whole course", File: "course.md"})
	for number := 1; number <= manySteps; number++ {
		step := report.Step{Number: number, Name: fmt.Sprintf("kubectl get pods --selector step=%d", number), Line: 10 * number, Verdict: report.Passed, Seconds: 0.5}
		step.Command, step.Output = step.Name, fmt.Sprintf("pod/step-%d  1/1  Running\n", number)
		switch {
		case number == manySteps/2:
			step.Output = strings.Repeat("a line of a log that nobody has asked for, and that is there all the same\n", muchOutput/74+1)
		case number%100 == 50:
			step.Verdict = report.Failed
			step.Expected = "pod/step  1/1  Running\n"
			step.Findings = []report.Finding{{Severity: report.Error, File: "course.md", Line: 10*number + 1, Expected: "pod/step", Actual: "pod/step-0", Text: "the document shows another pod"}}
		}
		stream.EndStep("long", step)
	}
	stream.EndSubject("long", report.Subject{})
	stream.Finish(nil)
	return recorder.Run()
}
