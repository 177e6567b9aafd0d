package resilience

import (
	"flag"
	"os"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/outcome"
	"seatrial/e2e/suite"
)

// handle is a cluster of simulated nodes, the same one for all parallel processes: what is swept here by the hundred needs
// an API server and its controllers, and no program to run. A spec that needs real nodes brings them up by itself.
var handle framework.Handle

// update is for findings that are kept in testdata.
var update = flag.Bool("update", false, "keep what was found as what is expected")

func TestResilience(t *testing.T) { suite.Run(t, "resilience", "What goes wrong") }

var _ = SynchronizedBeforeSuite(
	func(ctx SpecContext) []byte { return suite.BringUpOn(ctx, "resilience", assets.Embedded) },
	func(_ SpecContext, data []byte) { handle = suite.Join(data) },
	NodeTimeout(framework.OpenTimeout))

var _ = ReportAfterEach(func(_ SpecContext, report SpecReport) { suite.Note(report, handle.Artifacts) })

var _ = ReportAfterSuite("where it ran", func(_ SpecContext, report Report) { suite.Tell(os.Stdout, report, handle) })

// publish puts a table into the suite's reports and into its folder for artifacts, and fails the spec if a row does not hold.
func publish(table *outcome.Table) {
	GinkgoHelper()
	AddReportEntry(table.Title(), table.String())
	Expect(table.Write(handle.Artifacts)).To(Succeed())
	Expect(table.Rows()).ToNot(BeEmpty())
	if broken := table.Broken(); len(broken) > 0 {
		only := outcome.New(table.Name(), table.Title()+", what did not hold")
		only.Add(broken...)
		Fail(only.String())
	}
}
