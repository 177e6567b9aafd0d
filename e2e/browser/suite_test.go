package browser

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/browser"
	"seatrial/e2e/suite"
)

// lookTimeout is for one spec that looks at a page: a second or two, and more on a machine that is busy.
const lookTimeout = 3 * time.Minute

// handle is the cluster of this run, the same one for all parallel processes.
var handle framework.Handle

func TestBrowser(t *testing.T) { suite.Run(t, "browser", "The pages in a browser") }

var _ = SynchronizedBeforeSuite(
	func(ctx SpecContext) []byte { return suite.BringUp(ctx, "browser") },
	func(_ SpecContext, data []byte) { handle = suite.Join(data) },
	NodeTimeout(framework.OpenTimeout))

var _ = ReportAfterEach(func(_ SpecContext, report SpecReport) { suite.Note(report, handle.Artifacts) })

var _ = ReportAfterSuite("where it ran", func(_ SpecContext, report Report) { suite.Tell(os.Stdout, report, handle) })

// start starts a browser for the specs of a container, or for one spec.
func start(ctx SpecContext) *browser.Browser {
	GinkgoHelper()
	b, err := browser.Start(ctx)
	if err != nil {
		Fail(err.Error()) // Its own words say what to do.
	}
	DeferCleanup(b.Close)
	return b
}

// open opens a tab as somebody at a desk would see it.
func open(ctx SpecContext, b *browser.Browser) *browser.Page {
	GinkgoHelper()
	p, err := b.Open(ctx)
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(p.Close)
	Expect(p.See(ctx, desk)).To(Succeed())
	return p
}

// How pages are looked at.
var (
	desk  = browser.Look{Width: 1280, Height: 900, Scheme: "light"}
	night = browser.Look{Width: 1280, Height: 900, Scheme: "dark"}
	phone = browser.Look{Width: 360, Height: 740, Scheme: "light"}
)

// picture is the file for a picture of a page.
func picture(name string) string { return filepath.Join(handle.Artifacts, "pictures", name+".png") }

// read gives the value of an expression in the page.
func read[T any](ctx SpecContext, p *browser.Page, expression string) T {
	GinkgoHelper()
	value, err := browser.Evaluate[T](ctx, p, expression)
	Expect(err).ToNot(HaveOccurred())
	return value
}
