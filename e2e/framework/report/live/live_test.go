package live_test

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/onsi/gomega"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/live"
	"seatrial/e2e/framework/report/paint"
)

// tell tells a run to a teller, in a time that goes on by itself; whatever is looked at in between is seen as it is then.
func tell(t *testing.T, o live.Options, story func(*report.Stream)) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		teller := live.New(o)
		stream := report.NewStream(nil, teller)
		stream.Begin("seatrial", "workshop")
		story(stream)
		stream.Finish(nil)
		teller.Close()
	})
}

// pass lets time go by.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// exercise is a document of two steps, of which the second takes long and fails.
func exercise(stream *report.Stream, look func()) {
	end := stream.Phase("bring up the cluster")
	stream.Doing(report.Doing{Phase: "bring up the cluster", What: "loading redis.tar"})
	pass(1500 * time.Millisecond)
	end()
	stream.Settle(report.Where{Provider: "embedded", Cluster: "seatrial-1", Kubernetes: "v1.37.2"})
	stream.BeginSubject("d", 2, report.Subject{Kind: report.Document, Title: "Exercise 3. 日本", File: "docs/exercise-3.md"})
	step := report.Step{Number: 1, Name: "helm install guestbook-demo ./guestbook -n helm-demo --set a=very,long,line,of,assignments", Line: 16}
	stream.BeginStep("d", step)
	pass(time.Second)
	step.Verdict, step.Seconds, step.Output = report.Passed, 1, "NAME: guestbook-demo\n::error::not ours\n"
	stream.EndStep("d", step)
	step = report.Step{Number: 2, Name: "helm history guestbook-demo", Line: 46}
	stream.BeginStep("d", step)
	pass(41 * time.Second)
	look()
	step.Verdict, step.Seconds, step.Tries = report.Failed, 41, 5
	stream.EndStep("d", step)
	stream.EndSubject("d", report.Subject{})
}

func TestATerminalShowsWhatIsUnderWayAndForHowLong(t *testing.T) {
	g := gomega.NewWithT(t)
	for _, width := range []int{80, 40, 20} {
		tty := newTerminal(width, 24)
		screen := live.NewScreen(tty, tty.size)
		var during []string
		tell(t, live.Options{Out: screen.Writer(tty)}, func(stream *report.Stream) {
			exercise(stream, func() { during = tty.lines() })
		})
		for _, line := range append(during, tty.lines()...) {
			g.Expect(runewidth.StringWidth(line)).To(gomega.BeNumerically("<=", width), line)
		}
		if width != 80 {
			continue
		}
		g.Expect(strings.Join(during, "\n")).To(gomega.Equal(strings.TrimPrefix(`
          bring up the cluster  (1.5 s)
          provider embedded, Kubernetes v1.37.2, cluster seatrial-1

== Exercise 3. 日本 (docs/exercise-3.md)
  passed    1  line 16   helm install guestbook-demo ./guestbook -n he…  (1.0 s)
  Exercise 3. 日本                                               1 of 2  41.9 s
    helm history guestbook-demo                                          40.9 s`, "\n")))
		g.Expect(strings.Join(tty.lines(), "\n")).To(gomega.HaveSuffix("(1.0 s)\n  failed    2  line 46   helm history guestbook-demo  (41.0 s, looked 5 times)"), "what changed is gone")
	}
}

func TestALogHasLinesWithTheirTimeAndSaysWhatIsUnderWayWhenNothingHappens(t *testing.T) {
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	tell(t, live.Options{Out: &out}, func(stream *report.Stream) { exercise(stream, func() {}) })
	g.Expect(out.String()).To(gomega.Equal(strings.TrimPrefix(`
    0.0s            bring up the cluster
    0.0s            bring up the cluster: loading redis.tar
    1.5s            bring up the cluster  (1.5 s)
    1.5s            provider embedded, Kubernetes v1.37.2, cluster seatrial-1

    1.5s  == Exercise 3. 日本 (docs/exercise-3.md)
    2.5s    passed    1  line 16   helm install guestbook-demo ./guestbook -n helm-demo --set a=very,long,line,of,assignments  (1.0 s)
   17.6s  still Exercise 3. 日本: helm history guestbook-demo (1 of 2, 16.1 s)
   32.6s  still Exercise 3. 日本: helm history guestbook-demo (1 of 2, 31.1 s)
   43.5s    failed    2  line 46   helm history guestbook-demo  (41.0 s, looked 5 times)
`, "\n")))
}

func TestAWorkflowsLogIsFoldedAndNothingThatACommandPrintsIsTakenForOneOfItsOwn(t *testing.T) {
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	tell(t, live.Options{Out: &out, Groups: true, Detail: live.Verbose}, func(stream *report.Stream) {
		stream.BeginSubject("d", 1, report.Subject{Kind: report.Document, Title: "A"})
		stream.EndStep("d", report.Step{Number: 1, Name: "cat", Verdict: report.Passed, Output: "::error::not ours\n"})
		stream.EndSubject("d", report.Subject{})
	})
	g.Expect(out.String()).To(gomega.Equal(strings.TrimPrefix(`
::group::A

    0.0s  == A
    0.0s    passed  cat
    0.0s            | ::error::not ours
::endgroup::
`, "\n")))
}

func TestGroupsOfThingsThatGoOnAtTheSameTimeStandOneAfterTheOther(t *testing.T) {
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	tell(t, live.Options{Out: &out, Groups: true}, func(stream *report.Stream) {
		for _, id := range []report.SubjectID{"a", "b", "c"} {
			stream.BeginSubject(id, 1, report.Subject{Kind: report.Document, Title: string(id)})
		}
		for _, id := range []report.SubjectID{"c", "a", "b"} {
			stream.EndStep(id, report.Step{Number: 1, Name: "step of " + string(id), Verdict: report.Passed})
			stream.EndSubject(id, report.Subject{})
		}
	})
	var order []string
	for line := range strings.Lines(out.String()) {
		if text := strings.TrimSpace(line); strings.HasPrefix(text, "::") || strings.Contains(text, "step of") {
			order = append(order, text[max(strings.Index(text, "::"), strings.Index(text, "step")):])
		}
	}
	g.Expect(order).To(gomega.Equal([]string{
		"::group::a", "step of a", "::endgroup::", "::group::c", "step of c", "::endgroup::", "::group::b", "step of b", "::endgroup::",
	}))
}

func TestAnInterruptedRunLeavesNoGroupOpen(t *testing.T) {
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	tell(t, live.Options{Out: &out, Groups: true}, func(stream *report.Stream) {
		stream.BeginSubject("a", 1, report.Subject{Kind: report.Document, Title: "a"})
		stream.BeginSubject("b", 1, report.Subject{Kind: report.Document, Title: "b"})
	})
	g.Expect(strings.Count(out.String(), "::group::")).To(gomega.Equal(2))
	g.Expect(strings.Count(out.String(), "::endgroup::")).To(gomega.Equal(2))
}

// paths tells of many paths of a chart that go at the same time.
func paths(stream *report.Stream, look func()) {
	stream.Plan(12)
	for id := range strings.SplitSeq("abcdefghij", "") {
		stream.BeginSubject(report.SubjectID(id), 3, report.Subject{Kind: report.Path, Group: "web", Title: "path " + id})
		stream.EndStep(report.SubjectID(id), report.Step{Number: 1, Name: "install", Verdict: report.Passed})
		stream.BeginStep(report.SubjectID(id), report.Step{Number: 2, Name: "upgrade"})
		stream.Doing(report.Doing{Subject: report.SubjectID(id), What: "Deployment/web: 0 of 2 ready"})
	}
	stream.EndStep("a", report.Step{Number: 2, Name: "upgrade", Verdict: report.Failed, Reason: "timed out\nwaiting"})
	stream.EndSubject("a", report.Subject{})
	stream.EndSubject("b", report.Subject{Verdict: report.Passed})
	pass(time.Second)
	look()
}

func TestOfManyPathsATerminalSaysHowManyAreLeft(t *testing.T) {
	g := gomega.NewWithT(t)
	tty := newTerminal(60, 8)
	screen := live.NewScreen(tty, tty.size)
	var during []string
	tell(t, live.Options{Out: screen.Writer(tty)}, func(stream *report.Stream) { paths(stream, func() { during = tty.lines() }) })
	g.Expect(strings.Join(during, "\n")).To(gomega.HaveSuffix(strings.TrimPrefix(`
  failed  web: path a: upgrade  (timed out …)
  failed  web: path a  (0.0 s)
  passed  web: path b  (0.0 s)
  web: path c: Deployment/web: 0 of 2 ready   1 of 3  1.0 s
  web: path d: Deployment/web: 0 of 2 ready   1 of 3  1.0 s
  web: path e: Deployment/web: 0 of 2 ready   1 of 3  1.0 s
  web: path f: Deployment/web: 0 of 2 ready   1 of 3  1.0 s
  web: path g: Deployment/web: 0 of 2 ready   1 of 3  1.0 s
  … and 3 more
  2 of 12 done, 1 failed, 2 to begin                  1.0 s`, "\n")))
}

func TestQuietTellsNothingAndVerboseAlsoWhatCame(t *testing.T) {
	g := gomega.NewWithT(t)
	var quiet, verbose bytes.Buffer
	tell(t, live.Options{Out: &quiet, Detail: live.Quiet}, func(stream *report.Stream) { exercise(stream, func() {}) })
	g.Expect(quiet.String()).To(gomega.BeEmpty())
	tell(t, live.Options{Out: &verbose, Detail: live.Verbose}, func(stream *report.Stream) { exercise(stream, func() {}) })
	g.Expect(verbose.String()).To(gomega.ContainSubstring("          | NAME: guestbook-demo\n"))
	tty := newTerminal(80, 24)
	screen := live.NewScreen(tty, tty.size)
	tell(t, live.Options{Out: screen.Writer(tty), Detail: live.Quiet}, func(stream *report.Stream) {
		exercise(stream, func() { g.Expect(tty.lines()).To(gomega.BeEmpty()) })
	})
}

func TestColoursAddNothingToWhatIsTold(t *testing.T) {
	g := gomega.NewWithT(t)
	var plain, coloured bytes.Buffer
	tell(t, live.Options{Out: &plain, Detail: live.Verbose}, func(stream *report.Stream) { exercise(stream, func() {}) })
	tell(t, live.Options{Out: &coloured, Detail: live.Verbose, Paint: paint.Colours()}, func(stream *report.Stream) { exercise(stream, func() {}) })
	g.Expect(coloured.String()).To(gomega.ContainSubstring("\x1b[1;31m  failed  \x1b[0m"))
	g.Expect(uncoloured(coloured.String())).To(gomega.Equal(plain.String()))
}

func TestRowsThatHoldAreOnlyToldToWhoWantsEverything(t *testing.T) {
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	tell(t, live.Options{Out: &out, Detail: live.Verbose}, func(stream *report.Stream) {
		stream.Table("Faults", report.Row{Done: "a full disk", Held: true}, report.Row{Done: "no network"})
	})
	g.Expect(out.String()).To(gomega.Equal("    0.0s    passed  Faults: a full disk\n    0.0s    failed  Faults: no network\n"))
}

func TestWhatIsSaidStandsBesideWhatIsUnderWay(t *testing.T) {
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	tell(t, live.Options{Out: &out}, func(stream *report.Stream) {
		defer stream.Phase("helm")()
		stream.Say("another build is running")
	})
	g.Expect(out.String()).To(gomega.Equal("    0.0s            helm\n    0.0s            another build is running\n    0.0s            helm  (0.0 s)\n"))
}

func TestRowsOfATableThatBreakAndWhatWasSkippedAreTold(t *testing.T) {
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	tell(t, live.Options{Out: &out}, func(stream *report.Stream) {
		stream.Table("Faults", report.Row{Done: "a full disk", Held: true}, report.Row{Done: "no network"})
		stream.BeginSubject("d", 1, report.Subject{Kind: report.Document, Title: "Exercise 4"})
		stream.EndSubject("d", report.Subject{Verdict: report.Skipped, Reason: "this cluster has no loadBalancer"})
		stream.BeginSubject("s", 2, report.Subject{Kind: report.Story, Title: "Install"})
		stream.EndStep("s", report.Step{Number: 1, Name: "five pods are ready", Verdict: report.Passed})
		stream.EndStep("s", report.Step{Number: 1, Name: "five pods are ready", Verdict: report.Passed})
		stream.EndStep("s", report.Step{Number: 2, Name: "an entry is read back", Verdict: report.Failed})
		stream.EndSubject("s", report.Subject{})
	})
	g.Expect(out.String()).To(gomega.Equal(strings.TrimPrefix(`
    0.0s    failed  Faults: no network

    0.0s  == Exercise 4
    0.0s    skipped Exercise 4  (this cluster has no loadBalancer)

    0.0s  == Install
    0.0s    kept    five pods are ready
    0.0s    BROKEN  an entry is read back
`, "\n")))
}

// broken is an output that is gone.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestAnOutputThatIsGoneEndsNothing(t *testing.T) {
	tell(t, live.Options{Out: broken{}}, func(stream *report.Stream) { exercise(stream, func() {}) })
}

// uncoloured is a text without its colours.
func uncoloured(text string) string {
	return regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(text, "")
}

// build is a command that consists of phases, one of which is there already and one of which cannot be done.
func build(stream *report.Stream, look func()) {
	stream.PlanPhases(5)
	stream.PlanPhases(-1)
	stream.Phase("helm")()
	stream.Say("redis-server is left out, which only the guestbook's own tests need: mmdebstrap is not installed")
	_ = stream.Try("embedded", func() error {
		for done := range 101 {
			stream.Doing(report.Doing{Phase: "embedded", What: "compiling packages", Done: done, AtMost: 400})
		}
		pass(90 * time.Second)
		look()
		return errors.New("no compiler")
	})
}

func TestOfACommandThatConsistsOfPhasesATerminalSaysHowManyAreLeft(t *testing.T) {
	g := gomega.NewWithT(t)
	tty := newTerminal(60, 12)
	screen := live.NewScreen(tty, tty.size)
	var during []string
	tell(t, live.Options{Out: screen.Writer(tty)}, func(stream *report.Stream) { build(stream, func() { during = tty.lines() }) })
	g.Expect(strings.Join(during, "\n")).To(gomega.Equal(strings.TrimPrefix(`
          helm  (0.0 s)
          redis-server is left out, which only the
          guestbook's own tests need: mmdebstrap is not
          installed
  embedded: compiling packages    100 of at most 400  1m30s
  1 of 4 done, 2 to begin                             1m30s`, "\n")), "and no sentence is cut")
	g.Expect(tty.lines()).To(gomega.ContainElement("          embedded  (given up after 1m30s)"))
}

func TestElsewhereEachTwentiethOfManyIsALine(t *testing.T) {
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	tell(t, live.Options{Out: &out}, func(stream *report.Stream) { build(stream, func() {}) })
	g.Expect(strings.Count(out.String(), "embedded: compiling packages, ")).To(gomega.Equal(6))
	g.Expect(out.String()).To(gomega.ContainSubstring("still embedded: compiling packages (100 of at most 400, "))
}
