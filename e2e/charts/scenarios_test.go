package charts

import (
	"os"
	"path/filepath"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/regression"
	"seatrial/e2e/framework/scenario"
)

// Every scenario of a chart is tried twice: on the cluster of the suite, and on simulated nodes.
var _ = Describe("The scenarios of charts", func() {
	It("can be read", func() {
		_, err := scenarios()
		Expect(err).ToNot(HaveOccurred())
	})

	for _, s := range readable() {
		Describe(s.Title, func() {
			It("leads back to where it came from, on the cluster of the suite", func(ctx SpecContext) {
				try(ctx, s, handle)
			}, NodeTimeout(scenarioTimeout))

			if os.Getenv("SEATRIAL_PROVIDER") == assets.Embedded {
				return // The cluster of the suite is of simulated nodes.
			}
			It("leads back to where it came from, on simulated nodes", func(ctx SpecContext) {
				if handle.Provider == assets.Embedded {
					Skip("the cluster of the suite is of simulated nodes")
				}
				try(ctx, s, simulated(ctx))
			}, NodeTimeout(scenarioTimeout))
		})
	}
})

// scenarios are those of charts in this source tree.
func scenarios() ([]*scenario.Scenario, error) {
	root, err := assets.Root()
	if err != nil {
		return nil, err
	}
	all, err := scenario.LoadAll(filepath.Join(root, "scenarios"))
	return slices.DeleteFunc(all, func(s *scenario.Scenario) bool { return s.Kind != scenario.Chart }), err
}

// readable are none if they cannot be read: a spec says why.
func readable() []*scenario.Scenario {
	all, err := scenarios()
	if err != nil {
		return nil
	}
	return all
}

func try(ctx SpecContext, s *scenario.Scenario, at framework.Handle) {
	GinkgoHelper()
	if reason := s.Skip(at.Provider, at.Features); reason != "" {
		Skip(reason)
	}
	subject, pairs, err := regression.OfScenario(ctx, s, GinkgoT().TempDir())
	Expect(err).ToNot(HaveOccurred())
	options := on(at, filepath.Join(s.Name(), at.Provider))
	options.Pairs = pairs
	options.Revisions, err = subject.Revisions()
	Expect(err).ToNot(HaveOccurred())
	result, err := regression.Run(ctx, options)
	Expect(err).ToNot(HaveOccurred())
	Expect(told(errorsOf(result.Findings()))).To(BeEmpty())
	for _, path := range result.Paths {
		Expect(path.Verdict).To(Equal(regression.Passed), path.Path.Name)
	}
}
