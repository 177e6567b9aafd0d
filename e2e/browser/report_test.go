package browser

import (
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/browser"
)

// sameLine tells whether what was promised and what was seen begin at the same height.
const sameLine = `document.querySelector("#subject-1 .expected").getBoundingClientRect().top === document.querySelector("#subject-1 .actual").getBoundingClientRect().top`

// wrongCell is the third step of the document, whose output has one.
const wrongCell = "#subject-1-step-3"

var _ = Describe("The page of a run", Ordered, ContinueOnFailure, func() {
	var (
		b       *browser.Browser
		p       *browser.Page
		address string
	)

	BeforeAll(func(ctx SpecContext) {
		b = start(ctx)
		address = pageOf(realistic(), "realistic")
	}, NodeTimeout(browser.StartTimeout))

	BeforeEach(func(ctx SpecContext) {
		p = open(ctx, b)
		Expect(p.Visit(ctx, address)).To(Succeed())
		DeferCleanup(func() {
			Expect(p.Messages()).To(BeEmpty())
			for _, request := range p.Requests() {
				Expect(request).To(Or(HavePrefix("GET "+address), HavePrefix("GET data:")), "the page asks for nothing but itself")
			}
		})
	}, NodeTimeout(lookTimeout))

	It("has the verdict on top, and the wrong cell beside what was promised", func(ctx SpecContext) {
		Expect(read[string](ctx, p, "document.querySelector('h1').innerText")).To(HavePrefix("FAILED: 5 of 10 steps passed"))
		Expect(read[int](ctx, p, "document.querySelector('h1').getBoundingClientRect().top")).To(BeNumerically("<", 100))
		cells := read[[]string](ctx, p, `[...document.querySelectorAll("#subject-1 .finding td")].map((cell) => cell.innerText)`)
		Expect(cells).To(HaveExactElements(HavePrefix("error\nrow \"3\": DESCRIPTION"), HavePrefix("testdata/exercise.md:30\n3 DESCRIPTION"), Equal("Rollback to 2"), Equal("Rollback to 1")))
		Expect(read[bool](ctx, p, sameLine)).To(BeTrueBecause("the two cells stand side by side"))
		Expect(p.Window(ctx, picture("report-top"))).To(Succeed())
		Expect(p.Whole(ctx, picture("report-light"))).To(Succeed())
	}, SpecTimeout(lookTimeout))

	It("shows the document with each step in its place, and what a rollback did to each object", func(ctx SpecContext) {
		Expect(read[[]string](ctx, p, `[...document.querySelectorAll("#subject-1 ol > li")].map((item) => item.innerText.split("\n")[0])`)).To(HaveLen(5))
		Expect(read[[]string](ctx, p, `[...document.querySelectorAll("#subject-1 li .step > summary .verdict")].map((word) => word.innerText)`)).To(
			Equal([]string{"passed", "passed", "failed", "skipped", "passed"}))
		Expect(read[[]string](ctx, p, `[...document.querySelectorAll("#subject-2 .graph tbody tr")].map((row) => [...row.querySelectorAll("th, .word, code")].map((text) => text.textContent).join(" "))`)).To(ContainElements(
			"Deployment/redis-slave came went returned",
			"Service/guestbook-demo came changed spec.type spec.ports[metrics] changed spec.type"))
	}, SpecTimeout(lookTimeout))

	DescribeTable("draws the revisions so that nothing of the picture is cut off or lies upon another thing", func(ctx SpecContext, look browser.Look, name string) {
		Expect(p.See(ctx, look)).To(Succeed())
		Expect(p.Click(ctx, "#fold")).To(Succeed())
		for _, subject := range []string{"#subject-1", "#subject-2"} {
			Expect(read[int](ctx, p, "(document.querySelector('"+subject+"').open = true, 0)")).To(BeZero())
			Expect(p.Until(ctx, shown(subject+" .graph-picture"))).To(Succeed())
		}
		Expect(read[[]string](ctx, p, crowdedScript)).To(BeEmpty())
		Expect(read[bool](ctx, p, "document.querySelector('#subject-2 .graph-picture').getBoundingClientRect().right <= innerWidth")).To(BeTrueBecause("three revisions need no scrolling"))
		Expect(read[int](ctx, p, "(document.querySelector('#subject-2 .graph-picture').scrollIntoView(), 0)")).To(BeZero())
		Expect(p.Window(ctx, picture("revisions-"+name))).To(Succeed())
		Expect(overflow(ctx, p)).To(BeZero())
	},
		Entry("by day", desk, "day", SpecTimeout(lookTimeout)),
		Entry("by night", night, "night", SpecTimeout(lookTimeout)),
		Entry("on a phone", phone, "phone", SpecTimeout(lookTimeout)),
	)

	It("has the picture of revisions in words, and as a table that keys unfold", func(ctx SpecContext) {
		words := "document.getElementById(document.querySelector('#subject-2 .graph-picture').getAttribute('aria-describedby')).textContent"
		Expect(read[string](ctx, p, words)).To(And(
			HavePrefix("Revision 1, Install complete: came: Deployment/guestbook-demo, "),
			HaveSuffix("Revision 3, Rollback to 1: 1 kept; changed: Service/guestbook-demo; returned: Deployment/redis-slave, Service/redis-slave.")))
		Expect(read[int](ctx, p, "(document.querySelector('#subject-2 .revisions .scroll').focus(), 0)")).To(BeZero())
		Expect(p.Press(ctx, browser.Tab, browser.Enter)).To(Succeed())
		Expect(p.Until(ctx, shown("#subject-2 .graph tbody"))).To(Succeed())
	}, SpecTimeout(lookTimeout))

	It("folds and unfolds by mouse", func(ctx SpecContext) {
		Expect(p.Click(ctx, "#subject-1-step-1 > summary")).To(Succeed())
		Expect(p.Until(ctx, shown("#subject-1-step-1 .command"))).To(Succeed())
		Expect(p.Click(ctx, "#subject-1-step-1 > summary")).To(Succeed())
		Expect(p.Until(ctx, "!"+shown("#subject-1-step-1 .command"))).To(Succeed())
		Expect(p.Click(ctx, "#unfold")).To(Succeed())
		Expect(p.Until(ctx, "document.querySelectorAll('details:not([open])').length === 0")).To(Succeed())
		Expect(p.Click(ctx, "#fold")).To(Succeed())
		Expect(p.Until(ctx, "document.querySelectorAll('details[open]').length === 0")).To(Succeed())
		Expect(p.Click(ctx, "#next")).To(Succeed())
		Expect(p.Until(ctx, "document.activeElement.matches('#subject-1 .finding') && "+inView("#subject-1 .finding"))).To(Succeed())
	}, SpecTimeout(lookTimeout))

	It("leads from finding to finding by the keys n and p", func(ctx SpecContext) {
		Expect(p.Click(ctx, "#fold")).To(Succeed())
		current := "[...document.querySelectorAll('.finding')].indexOf(document.activeElement)"
		for _, turn := range []struct {
			key string
			at  int
		}{{"n", 0}, {"n", 1}, {"n", 2}, {"n", 3}, {"n", 0}, {"p", 3}, {"p", 2}} {
			Expect(p.Press(ctx, turn.key)).To(Succeed())
			Expect(read[int](ctx, p, current)).To(Equal(turn.at))
			Expect(read[bool](ctx, p, inView(".finding:focus"))).To(BeTrueBecause("finding %d was unfolded and is on the screen", turn.at))
		}
	}, SpecTimeout(lookTimeout))

	It("can be used by keyboard alone, and tells where one is", func(ctx SpecContext) {
		var stops []string
		for range 9 {
			Expect(p.Press(ctx, browser.Tab)).To(Succeed())
			stops = append(stops, read[string](ctx, p, "document.activeElement.ariaLabel || document.activeElement.innerText.trim().split('\\n')[0]"))
			Expect(read[string](ctx, p, "getComputedStyle(document.activeElement).outlineStyle")).ToNot(Equal("none"))
		}
		Expect(p.Window(ctx, picture("report-focus"))).To(Succeed())
		Expect(stops).To(HaveExactElements("Skip to what was tried", "timeline", "Unfold all", "Fold all", HavePrefix("Next finding"), HavePrefix("Previous finding"),
			"guestbook en: Exercise 3. Go back to what worked", "charts/guestbook: without slaves and back", "guestbook fr: Exercice 4. Nettoyer"))
		Expect(p.Press(ctx, browser.Enter)).To(Succeed())
		Expect(p.Until(ctx, shown("#subject-3 .reason")+" && document.activeElement.matches('#subject-3')")).To(Succeed())
		Expect(p.Press(ctx, browser.Tab, browser.Enter)).To(Succeed())
		Expect(p.Until(ctx, "!"+shown("#subject-3 .reason"))).To(Succeed())
	}, SpecTimeout(lookTimeout))

	It("leads from the timeline to the step, also to one that was folded again", func(ctx SpecContext) {
		bar := `.timeline a[href="` + wrongCell + `"]`
		for range 2 { // The second time, the address does not change.
			Expect(p.Click(ctx, "#fold")).To(Succeed())
			Expect(p.Click(ctx, bar)).To(Succeed())
			Expect(p.Until(ctx, shown(wrongCell+" .above")+" && "+inView(wrongCell+" > summary"))).To(Succeed())
		}
	}, SpecTimeout(lookTimeout))

	It("opens at the step that its address names", func(ctx SpecContext) {
		Expect(p.Visit(ctx, "about:blank")).To(Succeed())
		Expect(p.Visit(ctx, address+"#subject-1-step-5")).To(Succeed())
		Expect(p.Until(ctx, shown("#subject-1-step-5 .output")+" && "+inView("#subject-1-step-5 > summary"))).To(Succeed())
	}, SpecTimeout(lookTimeout))

	DescribeTable("can be read", func(ctx SpecContext, look browser.Look, name string) {
		Expect(p.See(ctx, look)).To(Succeed())
		Expect(p.Whole(ctx, picture("report-"+name))).To(Succeed())
		Expect(p.Click(ctx, "#unfold")).To(Succeed())
		Expect(p.Until(ctx, shown("#subject-4-step-2 .command"))).To(Succeed())
		Expect(faint(ctx, p)).To(BeEmpty())
		Expect(overflow(ctx, p)).To(BeZero())
	},
		Entry("by day", desk, "day", SpecTimeout(lookTimeout)),
		Entry("by night", night, "night", SpecTimeout(lookTimeout)),
		Entry("on a phone", phone, "phone", SpecTimeout(lookTimeout)),
		Entry("on a phone by night", browser.Look{Width: phone.Width, Height: phone.Height, Scheme: "dark"}, "phone-night", SpecTimeout(lookTimeout)),
	)

	It("has all of it on paper, dark on white, and is as before on the screen", func(ctx SpecContext) {
		Expect(p.See(ctx, browser.Look{Width: 800, Height: 1100, Scheme: "dark", Media: "print"})).To(Succeed())
		Expect(faint(ctx, p)).To(BeEmpty())
		Expect(read[string](ctx, p, "getComputedStyle(document.body).backgroundColor")).To(Equal("rgb(255, 255, 255)"))
		Expect(read[bool](ctx, p, shown(".tools"))).To(BeFalseBecause("nobody can press a button on paper"))
		Expect(p.Whole(ctx, picture("report-print"))).To(Succeed())
		before := read[int](ctx, p, "document.querySelectorAll('details[open]').length")
		Expect(read[int](ctx, p, "(window.addEventListener('beforeprint', () => { window.onPaper = document.querySelectorAll('details:not([open])').length; }), 0)")).To(BeZero())
		Expect(p.Print(ctx, strings.TrimSuffix(picture("report"), "png")+"pdf")).To(Succeed())
		Expect(read[int](ctx, p, "window.onPaper")).To(BeZero(), "nothing is folded on paper")
		Expect(p.Until(ctx, fmt.Sprintf("document.querySelectorAll('details[open]').length === %d", before))).To(Succeed())
	}, SpecTimeout(lookTimeout))
})
