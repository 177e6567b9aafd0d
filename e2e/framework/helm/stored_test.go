package helm

import (
	"net/http"
	"testing"

	"github.com/onsi/gomega"
)

func TestStoredNamesEachRecordWithItsLabels(t *testing.T) {
	t.Parallel()
	for driver, kind := range map[Driver]string{Secrets: "Secret", ConfigMaps: "ConfigMap"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			_, kubeconfig := newFakeAPI(t)
			client, err := New(Options{Kubeconfig: kubeconfig, Driver: driver})
			g.Expect(err).NotTo(gomega.HaveOccurred())
			g.Expect(client.Recorded(t.Context(), "story")).To(gomega.And(
				gomega.HaveField("Releases", gomega.BeEmpty()), gomega.HaveField("Stored", gomega.And(gomega.BeEmpty(), gomega.Not(gomega.BeNil()))),
			))

			g.Expect(client.Install(t.Context(), "story", load(t, "plain"), nil)).Error().NotTo(gomega.HaveOccurred())
			upgraded, err := client.Upgrade(t.Context(), "story", load(t, "plain"), nil)
			g.Expect(err).NotTo(gomega.HaveOccurred())
			recorded, err := client.Recorded(t.Context(), "story")
			g.Expect(err).NotTo(gomega.HaveOccurred())
			g.Expect(recorded.Releases).To(gomega.HaveExactElements(
				gomega.HaveField("Status", StatusSuperseded), gomega.HaveField("Description", "Upgrade complete"),
			))
			g.Expect(client.History(t.Context(), "story")).To(gomega.Equal(recorded.Releases))
			g.Expect(upgraded.RecordVersion).NotTo(gomega.BeEmpty())
			g.Expect(client.RecordedSince(t.Context(), "story", upgraded.RecordVersion)).To(gomega.Equal(recorded))
			stored := recorded.Stored
			g.Expect(stored).To(gomega.HaveExactElements(
				gomega.And(
					gomega.HaveField("Kind", kind), gomega.HaveField("Name", "sh.helm.release.v1.story.v1"),
					gomega.HaveField("Revision", 1), gomega.HaveField("Status", StatusSuperseded),
				),
				gomega.And(gomega.HaveField("Revision", 2), gomega.HaveField("Status", StatusDeployed)),
			))
			g.Expect(stored[0].Size).To(gomega.BeNumerically(">", 100))
		})
	}
}

func TestAnUninstallationTellsWhatItKeepsAndKeepsHistoryIfAsked(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	g.Expect(client.Install(t.Context(), "story", load(t, "keeping"), nil)).Error().NotTo(gomega.HaveOccurred())

	left, err := client.With(OperationOptions{KeepHistory: true}).TakeDown(t.Context(), "story")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(left.Kept).To(gomega.Equal([]Kept{{Kind: "ConfigMap", Namespace: "place", Name: "story-kept"}}))
	g.Expect(left.Release.Status).To(gomega.Equal(StatusUninstalled))
	g.Expect(client.Status(t.Context(), "story")).To(gomega.HaveField("Description", "Uninstallation complete"))
	g.Expect(api.objects).To(gomega.HaveKey("/api/v1/namespaces/place/configmaps/story-kept"))
	g.Expect(api.objects).NotTo(gomega.HaveKey("/api/v1/namespaces/place/configmaps/story"))

	g.Expect(client.Rollback(t.Context(), "story", 1)).To(gomega.HaveField("Status", StatusDeployed))
	g.Expect(client.Uninstall(t.Context(), "story")).To(gomega.Succeed())
	g.Expect(client.Recorded(t.Context(), "story")).To(gomega.HaveField("Stored", gomega.BeEmpty()))
}

func TestAnAtomicUpgradeThatFailsIsRolledBackAndStillAnError(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	g.Expect(client.Install(t.Context(), "story", load(t, "plain"), nil)).Error().NotTo(gomega.HaveOccurred())
	refusals := 1
	api.meddle(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPatch || refusals == 0 {
			return false
		}
		refusals--
		http.Error(w, "not this", http.StatusForbidden)
		return true
	})
	_, err := client.With(OperationOptions{Atomic: true}).Upgrade(t.Context(), "story", load(t, "plain"), Values{"message": "two"})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("has been rolled back due to atomic being set")))
	g.Expect(statuses(t, client)).To(gomega.Equal([]Status{StatusSuperseded, StatusFailed, StatusDeployed}))
}

func TestAnAtomicInstallationThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	api, client := newFakeClient(t)
	api.meddle(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost || isRecord(r, http.MethodPost) {
			return false
		}
		http.Error(w, "not this", http.StatusForbidden)
		return true
	})
	_, err := client.With(OperationOptions{Atomic: true}).Install(t.Context(), "story", load(t, "plain"), nil)
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("has been uninstalled due to atomic being set")))
	g.Expect(client.Recorded(t.Context(), "story")).To(gomega.HaveField("Stored", gomega.BeEmpty()))
}

func TestAnUpgradeCanForgetTheValuesOfTheRevisionBefore(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	_, client := newFakeClient(t)
	g.Expect(client.Install(t.Context(), "story", load(t, "plain"), Values{"message": "one"})).Error().NotTo(gomega.HaveOccurred())
	g.Expect(client.Upgrade(t.Context(), "story", load(t, "plain"), nil)).To(gomega.HaveField("Values", Values{"message": "one"}))
	g.Expect(client.With(OperationOptions{ResetValues: true}).Upgrade(t.Context(), "story", load(t, "plain"), nil)).To(
		gomega.HaveField("Values", Values{}))
}
