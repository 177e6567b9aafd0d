package harness

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/helm"
	laws "seatrial/e2e/framework/history"
	"seatrial/e2e/framework/matcher"
)

var _ = Describe("The history of a release keeps the laws", Label("helm", "history"), func() {
	for _, driver := range []helm.Driver{helm.Secrets, helm.ConfigMaps} {
		Context("recorded by the driver "+string(driver), func() {
			var (
				client *helm.Client
				notes  *helm.Chart
				// do makes a transition of an operation, and holds it against the laws.
				do func(ctx context.Context, tr laws.Transition, operate func() error) laws.Transition
			)

			BeforeEach(func(ctx SpecContext) {
				const limit = 4
				client = newHelm(helm.Options{Namespace: newNamespace(ctx), Driver: driver, MaxHistory: limit})
				notes = loadChart("notes")
				do = func(ctx context.Context, tr laws.Transition, operate func() error) laws.Transition {
					GinkgoHelper()
					before, err := client.Recorded(ctx, "story")
					Expect(err).NotTo(HaveOccurred())
					if err := operate(); err != nil {
						tr.Failure = err.Error()
					}
					after, err := client.Recorded(ctx, "story")
					Expect(err).NotTo(HaveOccurred())
					tr.Before, tr.After, tr.Stored, tr.MaxHistory = before.Releases, after.Releases, after.Stored, limit
					Expect(tr).To(matcher.KeepTheLaws())
					return tr
				}
			})

			install := func(ctx context.Context, client *helm.Client, values helm.Values) func() error {
				return func() error {
					_, err := client.Install(ctx, "story", notes, values)
					return err
				}
			}
			upgrade := func(ctx context.Context, client *helm.Client, values helm.Values) func() error {
				return func() error {
					_, err := client.Upgrade(ctx, "story", notes, values)
					return err
				}
			}
			rollback := func(ctx context.Context, revision int) func() error {
				return func() error {
					_, err := client.Rollback(ctx, "story", revision)
					return err
				}
			}
			It("from an installation over failures and the limit to an uninstallation that keeps it", func(ctx SpecContext) {
				rendered, err := client.Render(ctx, "story", notes, helm.Values{"message": "one"})
				Expect(err).NotTo(HaveOccurred())
				do(ctx, laws.Transition{Action: laws.Install, Rendered: rendered.Manifest}, install(ctx, client, helm.Values{"message": "one"}))

				rendered, err = client.Render(ctx, "story", notes, helm.Values{"message": "two"})
				Expect(err).NotTo(HaveOccurred())
				do(ctx, laws.Transition{Action: laws.Upgrade, Rendered: rendered.Manifest}, upgrade(ctx, client, helm.Values{"message": "two"}))

				failed := do(ctx, laws.Transition{Action: laws.Upgrade}, upgrade(ctx, client, helm.Values{"key": "not a key"}))
				Expect(failed.After).To(HaveLen(3))
				Expect(failed.Failure).NotTo(BeEmpty())
				do(ctx, laws.Transition{Action: laws.Rollback, Target: 1}, rollback(ctx, 1))
				failed = do(ctx, laws.Transition{Action: laws.Rollback, Target: 3}, rollback(ctx, 3))
				Expect(failed.Failure).NotTo(BeEmpty())
				do(ctx, laws.Transition{Action: laws.Rollback}, rollback(ctx, 4))
				for range 3 {
					last := do(ctx, laws.Transition{Action: laws.Upgrade}, upgrade(ctx, client, helm.Values{"message": "more"}))
					Expect(last.After).To(HaveLen(4))
				}

				gone := do(ctx, laws.Transition{Action: laws.Uninstall, KeepHistory: true}, func() error {
					return client.With(helm.OperationOptions{KeepHistory: true}).Uninstall(ctx, "story")
				})
				Expect(gone.After).To(HaveLen(4))
				do(ctx, laws.Transition{Action: laws.Rollback, Target: gone.After[2].Revision}, rollback(ctx, gone.After[2].Revision))
				do(ctx, laws.Transition{Action: laws.Uninstall}, func() error { return client.Uninstall(ctx, "story") })
			})

			It("when operations undo themselves", func(ctx SpecContext) {
				atomic := client.With(helm.OperationOptions{Atomic: true})
				none := do(ctx, laws.Transition{Action: laws.Install, Atomic: true}, install(ctx, atomic, helm.Values{"key": "not a key"}))
				Expect(none.After).To(BeEmpty())
				do(ctx, laws.Transition{Action: laws.Install, Atomic: true}, install(ctx, atomic, nil))
				undone := do(ctx, laws.Transition{Action: laws.Upgrade, Atomic: true}, upgrade(ctx, atomic, helm.Values{"key": "not a key"}))
				Expect(undone.Failure).To(ContainSubstring("has been rolled back"))
				Expect(undone.After).To(HaveLen(3))
			})

			It("when an installation failed and an upgrade mends it", func(ctx SpecContext) {
				do(ctx, laws.Transition{Action: laws.Install}, install(ctx, client, helm.Values{"key": "not a key"}))
				do(ctx, laws.Transition{Action: laws.Upgrade}, upgrade(ctx, client, helm.Values{"key": "good"}))
				do(ctx, laws.Transition{Action: laws.Rollback}, rollback(ctx, 1))
			})

			It("when a record is tampered with, and then does not", func(ctx SpecContext) {
				tr := do(ctx, laws.Transition{Action: laws.Install}, install(ctx, client, nil))
				tr.After[0].Status = helm.StatusFailed
				Expect(tr).NotTo(matcher.KeepTheLaws())
			})
		})
	}
})
