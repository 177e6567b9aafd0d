package browser

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/joshdk/go-junit"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/browser"
)

var update = flag.Bool("update", false, "write the walk through a failing run anew")

// walkThrough is where the run below is shown to readers.
var walkThrough = filepath.Join("..", "..", "scenarios", "README.md")

// The document has one wrong cell, in this line.
const (
	newcomersDocument = "e2e/browser/testdata/newcomer.md"
	wrongLine         = newcomersDocument + ":24"
)

// Whoever plays a document with one wrong cell finds it from any one of what the run tells.
var _ = Describe("Somebody who has never seen the project", Ordered, ContinueOnFailure, func() {
	var (
		seatrial command
		screen   string
		out      string
	)

	BeforeAll(func(ctx SpecContext) {
		seatrial, out = build(ctx), GinkgoT().TempDir()
		run := seatrial.start(ctx, "workshop", newcomersDocument, "--dir", "charts", "--provider", "embedded", "--patience", "3s",
			"--report", "html="+filepath.Join(out, "page.html"), "--report", "junit="+filepath.Join(out, "junit.xml"))
		Expect(run.ended()).To(Equal(2), "findings have an exit code of their own")
		screen = run.screen()
	}, NodeTimeout(chapterTimeout))

	It("is told by the doctor that documents can be played here", func(ctx SpecContext) {
		run := seatrial.start(ctx, "doctor", "--provider", "embedded")
		Expect(run.ended()).To(Equal(0), run.screen)
		Expect(run.screen()).To(MatchRegexp(`(?m)^.*embedded.*$`))
	}, SpecTimeout(chapterTimeout))

	It("finds the cell on the terminal, in which no line is broken", func() {
		Expect(screen).To(ContainSubstring("  " + wrongLine + ": error: revision 3 DESCRIPTION\n      document says   Rollback to 2\n      cluster says    Rollback to 1\n"))
		Expect(screen).To(ContainSubstring("\nFAILED: 4 of 5 steps show what the document shows, 1 failed, 1 error\n"))
		Expect(strings.Count(screen, "helm history guestbook-demo")).To(Equal(2), "nothing of what changed is left:\n%s", screen)
	})

	It("finds it in the JUnit file", func() {
		suites, err := junit.IngestFile(filepath.Join(out, "junit.xml"))
		Expect(err).ToNot(HaveOccurred())
		Expect(suites).To(HaveLen(1))
		Expect(suites[0].Totals).To(And(HaveField("Tests", 5), HaveField("Passed", 4), HaveField("Failed", 1)))
		for _, test := range suites[0].Tests {
			if test.Status == junit.StatusFailed {
				Expect(test.Name).To(HaveSuffix("helm history guestbook-demo -n helm-demo"))
				Expect(test.Error).To(MatchError(And(HavePrefix(wrongLine+": error: "), ContainSubstring("document says: Rollback to 2"), ContainSubstring("cluster says: Rollback to 1"))))
			}
		}
	})

	It("finds it on the page, by one key", func(ctx SpecContext) {
		p := open(ctx, start(ctx))
		Expect(p.Visit(ctx, "file://"+filepath.Join(out, "page.html"))).To(Succeed())
		Expect(p.Press(ctx, "n")).To(Succeed())
		Expect(p.Until(ctx, inView(".finding:focus"))).To(Succeed())
		Expect(read[[]string](ctx, p, `[...document.activeElement.querySelectorAll("td")].map((cell) => cell.innerText)`)).To(
			HaveExactElements(ContainSubstring("revision 3"), HavePrefix(wrongLine), Equal("Rollback to 2"), Equal("Rollback to 1")))
		Expect(read[[]string](ctx, p, `[...document.querySelectorAll(".findings th")].map((head) => head.innerText)`)).To(
			Equal([]string{"what", "where", "document says", "cluster says"}))
		Expect(p.Window(ctx, picture("newcomer"))).To(Succeed())
		Expect(p.Messages()).To(BeEmpty())
	}, SpecTimeout(browser.StartTimeout))

	It("has seen it before, in the documentation", func() {
		content, err := os.ReadFile(walkThrough)
		Expect(err).ToNot(HaveOccurred())
		const begin = "$ go run ./tools/seatrial workshop " + newcomersDocument
		before, shown, found := strings.Cut(string(content), begin)
		Expect(found).To(BeTrueBecause("%s shows the run", walkThrough))
		line, shown, _ := strings.Cut(shown, "\n")
		shown, after, found := strings.Cut(shown, "```\n")
		Expect(found).To(BeTrueBecause("the block has an end"))
		came := strings.ReplaceAll(screen, out+string(filepath.Separator), "")
		if *update {
			//nolint:gosec // It is a file of the source tree.
			Expect(os.WriteFile(walkThrough, []byte(before+begin+line+"\n"+came+"```\n"+after), 0o644)).To(Succeed())
			return
		}
		Expect(timeless(shown)).To(Equal(timeless(came)), "write it anew with -update")
	})
})

// timeless is what was told, less how long it took and what clusters are called; the more columns those need, the sooner a
// command is cut.
func timeless(text string) string {
	for pattern, with := range map[string]string{
		`\d+\.\d s`: "N s", `looked \d+ times`: "looked N times", `seatrial-embedded-\S+`: "NAME", `(?m)^(  \w+ +\d+  line \d+ +\S+ \S+).*$`: "$1", ` +\n`: "\n",
	} {
		text = regexp.MustCompile(pattern).ReplaceAllString(text, with)
	}
	return text
}

var _ = Describe("Ctrl-C", Ordered, func() {
	var (
		seatrial command
		document string
	)

	// waiting starts a document whose step does not end, and waits until it is under way.
	waiting := func(ctx SpecContext, played string) *terminal {
		GinkgoHelper()
		run := seatrial.start(ctx, "workshop", played, "--provider", "embedded")
		Eventually(run.screen).WithContext(ctx).WithTimeout(chapterTimeout).Should(MatchRegexp(`(?m)^    sleep 3607 +\d`), "it is shown while it runs")
		return run
	}

	BeforeAll(func(ctx SpecContext) {
		seatrial = build(ctx)
		document = filepath.Join(GinkgoT().TempDir(), "endless.md")
		Expect(os.WriteFile(document, []byte("# Endless\n\n```console\n$ sleep 3607\n```\n"), 0o600)).To(Succeed())
	}, NodeTimeout(chapterTimeout))

	AfterEach(func(ctx SpecContext) {
		if seatrial.path == "" {
			return // It could not be built.
		}
		Eventually(running).WithContext(ctx).WithArguments("sleep\x003607").WithTimeout(lookTimeout).Should(BeEmpty(), "what a step has started has ended")
		Eventually(running).WithContext(ctx).WithArguments(seatrial.temp).WithTimeout(lookTimeout).Should(BeEmpty(), "the cluster has ended")
	}, NodeTimeout(chapterTimeout))

	It("cleans up once, and says so", func(ctx SpecContext) {
		run := waiting(ctx, document)
		run.typed(interrupt)
		Expect(run.ended()).To(Equal(1))
		Expect(run.screen()).To(And(
			ContainSubstring("seatrial: interrupted: taking down what was brought up\nseatrial: interrupt again to end at once\n"),
			ContainSubstring("take down the cluster  ("),
			ContainSubstring("  not run   1  line 4    sleep 3607  (interrupt signal received)\n"),
			MatchRegexp(`(?m)^UNDECIDED: 0 of 1 .*, 1 not run$`),
			ContainSubstring("interrupt signal received")))
		Expect(os.ReadDir(seatrial.temp)).To(BeEmpty(), "no folder is left")
	}, SpecTimeout(chapterTimeout))

	It("ends it at once the second time, where cleaning up would never end", func(ctx SpecContext) {
		scenario := filepath.Dir(document)
		Expect(os.WriteFile(filepath.Join(scenario, "scenario.yaml"), []byte("title: Endless\n"+
			"courses: [{name: only, documents: [endless.md]}]\nteardown: [sleep 3608]\n"), 0o600)).To(Succeed())
		run := waiting(ctx, scenario)
		run.typed(interrupt)
		Eventually(running).WithContext(ctx).WithArguments("sleep\x003608").WithTimeout(chapterTimeout).ShouldNot(BeEmpty(), "the first one cleans up")
		Expect(running("sleep\x003607")).To(BeEmpty(), "the step has ended")
		Consistently(run.over).WithTimeout(hurry).ShouldNot(BeClosed(), "and it goes on for as long as that takes")
		Expect(run.screen()).To(And(ContainSubstring("seatrial: interrupt again to end at once\n"), Not(ContainSubstring("ended at once"))))

		run.typed(interrupt)
		Expect(run.ended()).To(Equal(1))
		Expect(run.screen()).To(And(
			ContainSubstring("seatrial: ended at once: `seatrial sweep` removes what is left\n"),
			Not(ContainSubstring("take down the cluster  (")), Not(ContainSubstring("UNDECIDED"))), "nothing was waited for")
		Eventually(running).WithContext(ctx).WithArguments("sleep\x003608").WithTimeout(lookTimeout).Should(BeEmpty())

		swept := seatrial.start(ctx, "sweep")
		Expect(swept.ended()).To(Equal(0), swept.screen)
		Expect(os.ReadDir(seatrial.temp)).To(BeEmpty(), "what was left is gone")
	}, SpecTimeout(chapterTimeout))
})
