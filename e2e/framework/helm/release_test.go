package helm

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/release"
	helmtime "helm.sh/helm/v3/pkg/time"
)

func TestEveryStatusOfHelmHasItsOwn(t *testing.T) {
	t.Parallel()
	for from, want := range map[release.Status]struct {
		status  Status
		pending bool
	}{
		release.StatusUnknown:         {StatusUnknown, false},
		release.StatusDeployed:        {StatusDeployed, false},
		release.StatusSuperseded:      {StatusSuperseded, false},
		release.StatusFailed:          {StatusFailed, false},
		release.StatusUninstalled:     {StatusUninstalled, false},
		release.StatusUninstalling:    {StatusUninstalling, false},
		release.StatusPendingInstall:  {StatusPendingInstall, true},
		release.StatusPendingUpgrade:  {StatusPendingUpgrade, true},
		release.StatusPendingRollback: {StatusPendingRollback, true},
		"of tomorrow":                 {StatusUnknown, false},
	} {
		t.Run(from.String(), func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			got := toStatus(from)
			g.Expect(got).To(gomega.Equal(want.status))
			g.Expect(got.Pending()).To(gomega.Equal(want.pending))
			g.Expect(from.IsPending()).To(gomega.Equal(want.pending))
			if from != "of tomorrow" {
				g.Expect(string(got)).To(gomega.Equal(from.String()))
			}
		})
	}
}

func TestAReleaseIsAllThatHelmRecorded(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	when := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	from := &release.Release{
		Name:      "story",
		Namespace: "place",
		Version:   3,
		Manifest:  "manifest",
		Config:    map[string]any{"a": map[string]any{"b": 1.0}},
		Info: &release.Info{
			Status:       release.StatusDeployed,
			Description:  "Rollback to 1",
			LastDeployed: helmtime.Time{Time: when},
			Notes:        "notes",
		},
		Chart: &chart.Chart{Metadata: &chart.Metadata{Name: "guestbook", Version: "0.2.0", AppVersion: "v1"}},
		Hooks: []*release.Hook{{
			Name: "hook", Kind: "Job", Path: "guestbook/templates/job.yaml", Weight: -5,
			Events:  []release.HookEvent{release.HookPreInstall, release.HookTest},
			LastRun: release.HookExecution{StartedAt: helmtime.Time{Time: when}, Phase: release.HookPhaseSucceeded},
		}},
	}
	want := &Release{
		Name: "story", Namespace: "place", Revision: 3, Status: StatusDeployed, Description: "Rollback to 1",
		ChartName: "guestbook", ChartVersion: "0.2.0", AppVersion: "v1", Updated: when,
		Values: Values{"a": map[string]any{"b": 1.0}}, Manifest: "manifest", Notes: "notes",
		Hooks: []Hook{{
			Name: "hook", Kind: "Job", Path: "guestbook/templates/job.yaml", Weight: -5,
			Events: []string{"pre-install", "test"}, Phase: "Succeeded", Started: when,
		}},
	}
	got := toRelease(from)
	g.Expect(cmp.Diff(want, got)).To(gomega.BeEmpty())
	g.Expect(got.Chart()).To(gomega.Equal("guestbook-0.2.0"))

	scramble(got.Values)
	g.Expect(from.Config).To(gomega.Equal(map[string]any{"a": map[string]any{"b": 1.0}}))
}

func TestARecordWithoutChartOrInfoIsStillARelease(t *testing.T) {
	t.Parallel()
	gomega.NewWithT(t).Expect(toRelease(&release.Release{Name: "story"})).To(gomega.HaveField("Status", StatusUnknown))
}
