package charts

import (
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/regression"
)

// The Job is gone before anybody looks, or is not: neither is anybody's fault.
var _ = Describe("A chart with a Job that is taken away when it is over", func() {
	It("has no faults", func(ctx SpecContext) {
		at := simulated(ctx)
		chart, err := regression.Load(ctx, filepath.Join("testdata", "job-over-right"), "", GinkgoT().TempDir())
		Expect(err).ToNot(HaveOccurred())
		options := on(at, "job-over-right")
		options.Revisions, err = (regression.Subject{Chart: chart}).Revisions()
		Expect(err).ToNot(HaveOccurred())

		result, err := regression.Run(ctx, options)

		Expect(err).ToNot(HaveOccurred())
		Expect(told(errorsOf(result.Findings()))).To(BeEmpty())
		for _, path := range result.Paths {
			Expect(path.Verdict).To(Equal(regression.Passed), path.Path.Name)
		}
	}, NodeTimeout(scenarioTimeout))
})
