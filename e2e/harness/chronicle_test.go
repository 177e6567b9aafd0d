package harness

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/chronicle"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/ledger"
)

var _ = Describe("The chronicle of a cluster", Label("ledger"), func() {
	var (
		namespace string
		seen      *chronicle.Chronicle
	)

	begin := func(ctx SpecContext) {
		GinkgoHelper()
		var err error
		seen, err = chronicle.Open(ctx, kubeconfig())
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(seen.Close)
	}

	// news are what became of the objects of the spec's own releases, a line for each revision.
	news := func(ctx SpecContext) []string {
		GinkgoHelper()
		_ = seen.Look(ctx) // Another spec may be about to remove what it has made.
		var lines []string
		for _, one := range seen.News() {
			if one.Namespace != namespace {
				continue
			}
			for i, entries := range ledger.Chronicle(one.Ledgers...) {
				line := fmt.Sprintf("%d %s:", one.Ledgers[i].Record.Revision, one.Ledgers[i].Record.Status)
				for _, entry := range entries {
					line += fmt.Sprintf(" %s %s", entry.Object.Name, entry.Turn)
				}
				lines = append(lines, line)
			}
		}
		return lines
	}

	BeforeEach(func(ctx SpecContext) { namespace = newNamespace(ctx) })

	for _, driver := range []helm.Driver{helm.Secrets, helm.ConfigMaps} {
		It("tells what each revision did that somebody makes, with history in a "+string(driver), func(ctx SpecContext) {
			begin(ctx)
			client, notes := newHelm(helm.Options{Namespace: namespace, Driver: driver}), loadChart("notes")
			Expect(client.Install(ctx, "story", notes, helm.Values{"extra": true})).Error().NotTo(HaveOccurred())
			Expect(news(ctx)).To(Equal([]string{"1 deployed: story came story-extra came"}))
			Expect(client.Upgrade(ctx, "story", notes, helm.Values{"message": "two"})).Error().NotTo(HaveOccurred())
			_ = seen.Look(ctx) // As above.
			Expect(client.Rollback(ctx, "story", 1)).Error().NotTo(HaveOccurred())
			told := []string{"1 deployed: story came story-extra came", "2 deployed: story altered story-extra went", "3 deployed: story altered story-extra returned"}
			Expect(news(ctx)).To(Equal(told))
			Expect(news(ctx)).To(BeEmpty(), "nothing has changed since")

			Expect(client.Uninstall(ctx, "story")).To(Succeed())
			Expect(news(ctx)).To(Equal(append(told, "3 uninstalled: story went story-extra went")))
			Expect(client.Install(ctx, "story", notes, nil)).Error().NotTo(HaveOccurred())
			Expect(news(ctx)).To(Equal([]string{"1 deployed: story came"}), "another release of the same name has a chronicle of its own")
		})
	}

	for _, driver := range []helm.Driver{helm.Secrets, helm.ConfigMaps} {
		It("tells of revisions that followed each other before it looked, with history in a "+string(driver), func(ctx SpecContext) {
			begin(ctx)
			client, notes := newHelm(helm.Options{Namespace: namespace, Driver: driver}), loadChart("notes")
			Expect(client.Install(ctx, "story", notes, helm.Values{"extra": true})).Error().NotTo(HaveOccurred())
			Expect(client.Upgrade(ctx, "story", notes, helm.Values{"message": "two"})).Error().NotTo(HaveOccurred())
			told := []string{"1 superseded: story came story-extra came", "2 deployed: story altered story-extra went"}
			Expect(news(ctx)).To(Equal(told))
			Expect(client.Rollback(ctx, "story", 1)).Error().NotTo(HaveOccurred())
			Expect(client.Upgrade(ctx, "story", notes, helm.Values{"extra": true, "message": "four"})).Error().NotTo(HaveOccurred())
			told = append(told, "3 superseded: story altered story-extra returned", "4 deployed: story altered story-extra stayed")
			Expect(news(ctx)).To(Equal(told))
		})
	}

	It("begins with what is there, and tells of it when it changes", func(ctx SpecContext) {
		client, notes := newHelm(helm.Options{Namespace: namespace}), loadChart("notes")
		Expect(client.Install(ctx, "story", notes, nil)).Error().NotTo(HaveOccurred())
		begin(ctx)
		Expect(news(ctx)).To(BeEmpty())
		Expect(client.Upgrade(ctx, "story", notes, helm.Values{"extra": true})).Error().NotTo(HaveOccurred())
		Expect(news(ctx)).To(Equal([]string{"1 deployed: story came", "2 deployed: story altered story-extra came"}))
	})
})
