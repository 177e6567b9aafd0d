package resilience

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/outcome"
	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/output"
	"seatrial/e2e/suite"
)

// handle is a cluster of simulated nodes, the same one for all parallel processes: what is swept here by the hundred needs
// an API server and its controllers, and no program to run. A spec that needs real nodes brings them up by itself.
var handle framework.Handle

// update is for findings that are kept in testdata.
var update = flag.Bool("update", false, "keep what was found as what is expected")

func TestResilience(t *testing.T) { suite.Run(t, "resilience", "What goes wrong") }

var _ = SynchronizedBeforeSuite(
	func(ctx SpecContext) []byte {
		data := suite.BringUpOn(ctx, "resilience", assets.Embedded)
		// Those of an earlier run say nothing of this one.
		Expect(os.RemoveAll(filepath.Join(suite.Join(data).Artifacts, "tables"))).To(Succeed())
		return data
	},
	func(_ SpecContext, data []byte) { handle = suite.Join(data) },
	NodeTimeout(framework.OpenTimeout))

var _ = ReportAfterEach(func(_ SpecContext, report SpecReport) { suite.Note(report, handle.Artifacts) })

var _ = ReportAfterSuite("tables", func(Report) { Expect(writeReports()).To(Succeed()) })

var _ = ReportAfterSuite("where it ran", func(_ SpecContext, report Report) { suite.Tell(os.Stdout, report, handle) })

// tables is the folder for what was found, a file for each table.
func tables() string { return filepath.Join(handle.Artifacts, "tables") }

// writeReports puts all tables into one page, and into a report for machines.
func writeReports() error {
	all, err := outcome.Read(tables())
	if err != nil || handle.Artifacts == "" {
		return err
	}
	recorder := &report.Recorder{}
	stream := report.NewStream(nil, recorder)
	stream.Begin("make", "resilience")
	stream.Settle(report.Where{Provider: handle.Provider, Cluster: handle.Cluster, Kubernetes: handle.Kubernetes})
	for _, table := range all {
		stream.Table(table.Title, table.Rows...)
	}
	stream.Finish(nil)
	return output.Write(recorder.Run(), []output.Want{
		{Format: output.HTML, Path: filepath.Join(handle.Artifacts, "tables.html")},
		{Format: output.JUnit, Path: filepath.Join(handle.Artifacts, "tables.xml")},
	}, GinkgoWriter)
}

// publish puts a table into the suite's reports and into its folder for artifacts, and fails the spec if a row does not hold.
func publish(table *outcome.Table) {
	GinkgoHelper()
	Expect(table.Write(tables())).To(Succeed())
	judge(table)
}

// judge puts a table into the suite's reports, and fails the spec if a row does not hold.
func judge(table *outcome.Table) {
	GinkgoHelper()
	AddReportEntry(table.Title(), table.String())
	Expect(table.Rows()).ToNot(BeEmpty())
	if broken := table.Broken(); len(broken) > 0 {
		only := outcome.New(table.Name(), table.Title()+", what did not hold")
		only.Add(broken...)
		Fail(only.String())
	}
}
