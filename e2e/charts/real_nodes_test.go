package charts

import (
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/regression"
)

// Nothing runs on simulated nodes: no API of the chart's own answers, no webhook and no test, and nobody makes what a pod waits for.
var _ = Describe("A chart whose programs would have to answer", func() {
	It("has on simulated nodes no faults, and no verdict where it cannot be tried to the end", func(ctx SpecContext) {
		at := simulated(ctx)
		chart, err := regression.Load(ctx, filepath.Join("testdata", "needs-real-nodes"), "", GinkgoT().TempDir())
		Expect(err).ToNot(HaveOccurred())
		options := on(at, "needs-real-nodes")
		options.Revisions, err = (regression.Subject{Chart: chart}).Revisions()
		Expect(err).ToNot(HaveOccurred())

		result, err := regression.Run(ctx, options)

		Expect(err).ToNot(HaveOccurred())
		Expect(told(errorsOf(result.Findings()))).To(BeEmpty())
		verdicts := map[string]regression.Verdict{}
		for _, p := range result.Paths {
			verdicts[p.Path.Name] = p.Verdict
		}
		Expect(verdicts).To(SatisfyAll(HaveKeyWithValue("install 1", regression.Passed), HaveKeyWithValue("upgrade 1 to 2", regression.NotRun)))
		Expect(result.Unfinished()).To(Equal(true))
		Expect(result.Findings()).To(ContainElements(
			SatisfyAll(HaveField("Word", regression.NeedsRealNodes), HaveField("Object.String()", "APIService/v1.served.seatrial.example")),
			SatisfyAll(HaveField("Word", regression.NeedsRealNodes), HaveField("Found", ContainSubstring("settings.seatrial.example"))),
			SatisfyAll(HaveField("Word", regression.NeedsRealNodes), HaveField("Expected", "the chart's tests to run")),
			SatisfyAll(HaveField("Word", regression.NeedsRealNodes), HaveField("Object.String()", "Secret/needs-real-nodes-certificate")),
		), "%s", told(result.Findings()))
	}, NodeTimeout(scenarioTimeout))
})
