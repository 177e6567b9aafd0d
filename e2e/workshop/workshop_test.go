package workshop

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/artifacts"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/workshop/story"
)

// Timeouts of specs: a chapter waits for pods to come and go, a promise looks once.
const (
	chapterTimeout = 4 * time.Minute
	promiseTimeout = time.Minute
)

// Each telling is a story of its own in a namespace of its own, so that they can run
// side by side; within one, every chapter starts where the one before it ended.
var _ = Describe("The workshop", func() {
	for _, telling := range story.Tellings() {
		Describe(telling.Name, Ordered, ContinueOnFailure, func() {
			var world *story.World

			BeforeAll(func(ctx SpecContext) {
				var err error
				world, err = story.Open(ctx, handle, telling)
				Expect(err).ToNot(HaveOccurred())
				DeferCleanup(world.Close, NodeTimeout(chapterTimeout))
				DeferOnFailure(collect, telling, world, NodeTimeout(framework.EvidenceTimeout))
			}, NodeTimeout(chapterTimeout))

			for _, chapter := range story.Chapters() {
				Describe(chapter.Title, func() {
					BeforeAll(func(ctx SpecContext) {
						By(chapter.Command)
						Expect(chapter.Tell(ctx, world)).To(Succeed())
					}, NodeTimeout(chapterTimeout))

					for _, promise := range chapter.Promises {
						It(promise.Text, func(ctx SpecContext) {
							if missing := world.Missing(promise); len(missing) > 0 {
								Skip("this cluster has no " + strings.Join(missing, ", no "))
							}
							Expect(promise.Keep(ctx, world)).To(Succeed())
						}, NodeTimeout(promiseTimeout))
					}
				})
			}
		})
	}
})

// collect writes what explains a failure, while it is still there.
func collect(ctx SpecContext, telling story.Telling, world *story.World) error {
	dir := filepath.Join(handle.Artifacts, telling.Namespace)
	AddReportEntry("artifacts", dir, ReportEntryVisibilityAlways)
	history := func(ctx context.Context, _ string) ([]helm.Release, error) { return world.History(ctx) }
	return artifacts.Collect(ctx, world.Config(), artifacts.Request{
		Dir: handle.Artifacts, Namespaces: []string{telling.Namespace}, History: history,
	})
}
