package charts

import (
	"os"
	"testing"

	. "github.com/onsi/ginkgo/v2"

	"seatrial/e2e/framework"
	"seatrial/e2e/suite"
)

// handle is the cluster of this run, the same one for all parallel processes.
var handle framework.Handle

func TestCharts(t *testing.T) { suite.Run(t, "charts", "The charts") }

var _ = SynchronizedBeforeSuite(
	func(ctx SpecContext) []byte { return suite.BringUp(ctx, "charts") },
	func(_ SpecContext, data []byte) { handle = suite.Join(data) },
	NodeTimeout(framework.OpenTimeout))

var _ = ReportAfterEach(func(_ SpecContext, report SpecReport) { suite.Note(report, handle.Artifacts) })

var _ = ReportAfterSuite("where it ran", func(_ SpecContext, report Report) { suite.Tell(os.Stdout, report, handle) })
