// Package suite is what the Ginkgo suites of this project have in common: one cluster
// for all parallel processes, reports in the folder for artifacts, and a last line that
// says where the specs ran and how many.
package suite

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework"
)

// Run runs the specs of the calling package. Reports for machines, JUnit and JSON, are
// written to the suite's folder for artifacts.
func Run(t *testing.T, name, title string) {
	t.Helper()
	RegisterFailHandler(Fail)
	EnforceDefaultTimeoutsWhenUsingContexts()
	settings, err := framework.FromEnvironment()
	NewWithT(t).Expect(err).ToNot(HaveOccurred())
	dir, err := settings.ArtifactsOf(name)
	NewWithT(t).Expect(err).ToNot(HaveOccurred())
	config, reporter := GinkgoConfiguration()
	if reporter.JUnitReport == "" {
		reporter.JUnitReport = filepath.Join(dir, "junit.xml")
	}
	if reporter.JSONReport == "" {
		reporter.JSONReport = filepath.Join(dir, "report.json")
	}
	NewWithT(t).Expect(os.MkdirAll(dir, 0o750)).To(Succeed())
	RunSpecs(t, title, config, reporter)
}

// BringUp opens the cluster of the suite in one process and describes it to all others.
// The cluster is removed when every process is done with it. It is for the first
// function of SynchronizedBeforeSuite, with framework.OpenTimeout.
func BringUp(ctx SpecContext, name string) []byte {
	GinkgoHelper()
	settings, err := framework.FromEnvironment()
	must(err)
	return bringUp(ctx, name, settings)
}

// BringUpOn is BringUp for a suite that runs on the same provider whatever the user's choice is. The cluster is never kept:
// what the user keeps is for what the user has chosen.
func BringUpOn(ctx SpecContext, name, provider string) []byte {
	GinkgoHelper()
	settings, err := framework.FromEnvironment()
	must(err)
	settings.Provider, settings.Keep = provider, false
	return bringUp(ctx, name, settings)
}

func bringUp(ctx SpecContext, name string, settings framework.Settings) []byte {
	GinkgoHelper()
	environment, err := framework.Open(ctx, framework.Options{
		Settings: settings,
		Suite:    name,
		Progress: func(line string) { GinkgoWriter.Println(line) },
	})
	must(err)
	must(forget(environment.Artifacts))
	DeferCleanup(func(ctx SpecContext) error { return environment.Close(ctx) }, NodeTimeout(framework.CloseTimeout))
	// Cleanups run the last one first: the evidence is taken while the cluster is still there.
	DeferCleanup(func(ctx SpecContext) error {
		failed, err := noted(environment.Artifacts)
		if err != nil || len(failed) == 0 {
			return err
		}
		return environment.Evidence(ctx)
	}, NodeTimeout(framework.EvidenceTimeout))
	data, err := environment.Handle().Encode()
	must(err)
	return data
}

// must ends the suite with the error's own words, which say what to do: a matcher would
// bury them in a picture of the error's fields.
func must(err error) {
	GinkgoHelper()
	if err != nil {
		Fail(err.Error())
	}
}

// Join reads in each process what BringUp has described.
func Join(data []byte) framework.Handle {
	GinkgoHelper()
	handle, err := framework.Decode(data)
	must(err)
	return handle
}

// Tell writes where the specs ran and how many passed, failed and were skipped, and why.
// It is for ReportAfterSuite: a reader of a CI log sees what was left out.
func Tell(out io.Writer, report Report, handle framework.Handle) {
	passed, failed, skipped := 0, 0, 0
	reasons := map[string]int{}
	for i := range report.SpecReports {
		spec := &report.SpecReports[i]
		switch {
		case !spec.LeafNodeType.Is(types.NodeTypeIt):
		case spec.State.Is(types.SpecStatePassed):
			passed++
		case spec.State.Is(types.SpecStateSkipped | types.SpecStatePending):
			skipped++
			reasons[cmp.Or(spec.FailureMessage(), "not selected")]++
		default:
			failed++
		}
	}
	where := "no cluster"
	if handle.Cluster != "" {
		where = fmt.Sprintf("provider %s, Kubernetes %s, cluster %s", handle.Provider, handle.Kubernetes, handle.Cluster)
	}
	fmt.Fprintf(out, "\n%s on %s:\n%d passed, %d failed, %d skipped\n", report.SuiteDescription, where, passed, failed, skipped)
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Fprintf(out, "  skipped %d: %s\n", reasons[reason], reason)
	}
}
