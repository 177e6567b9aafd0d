package workshop

import (
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/workshop/story"
)

// What a document or a chart is told on simulated nodes must be what it would be told by real
// ones: the same story, told on both, leaves the same objects.
var _ = Describe("The same story on simulated nodes", Ordered, func() {
	var here, there *story.World

	BeforeAll(func(ctx SpecContext) {
		if handle.Provider == assets.Embedded {
			Skip("this suite's own cluster is the simulated one: there is nothing to compare it with")
		}
		settings, err := framework.FromEnvironment()
		Expect(err).ToNot(HaveOccurred())
		settings.Provider, settings.Keep = assets.Embedded, false
		simulated, err := framework.Open(ctx, framework.Options{Settings: settings, Suite: "workshop"})
		Expect(err).ToNot(HaveOccurred())
		DeferCleanup(simulated.Close, NodeTimeout(framework.CloseTimeout))
		here, err = story.Open(ctx, handle, onTwoProviders())
		Expect(err).ToNot(HaveOccurred())
		DeferCleanup(here.Close, NodeTimeout(chapterTimeout))
		there, err = story.Open(ctx, simulated.Handle(), onTwoProviders())
		Expect(err).ToNot(HaveOccurred())
		DeferCleanup(there.Leave)
	}, NodeTimeout(framework.OpenTimeout))

	for _, chapter := range slices.DeleteFunc(story.Chapters(), func(c story.Chapter) bool { return c.Title == "Clean up" }) {
		It("leaves the same objects after: "+chapter.Title, func(ctx SpecContext) {
			Expect(chapter.Tell(ctx, here)).To(Succeed())
			Expect(chapter.Tell(ctx, there)).To(Succeed())
			Expect(unlike(here.Ledger(), there.Ledger())).To(BeEmpty())
		}, NodeTimeout(chapterTimeout))
	}
})

// onTwoProviders is a telling of its own, beside those of the suite.
func onTwoProviders() story.Telling {
	return story.Telling{Name: "on two providers", Namespace: "two-providers", Driver: helm.Secrets}
}

// unlike are the differences that no second cluster explains: its objects are others, and it
// gives other addresses.
func unlike(here, there ledger.Ledger) []string {
	var all []string
	for _, difference := range ledger.Compare(here, there) {
		if difference.Kind != ledger.Recreated && difference.Kind != ledger.Reallocated {
			all = append(all, difference.String())
		}
	}
	return all
}
