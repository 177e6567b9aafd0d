package matcher

import (
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/helm"
)

func workshopHistory() []helm.Release {
	return []helm.Release{
		{Revision: 1, Status: "superseded", ChartName: "guestbook", ChartVersion: "0.2.0", Description: "Install complete"},
		{Revision: 2, Status: "superseded", ChartName: "guestbook", ChartVersion: "0.2.0", Description: "Upgrade complete"},
		{Revision: 3, Status: "deployed", ChartName: "guestbook", ChartVersion: "0.2.0", Description: "Rollback to 1"},
	}
}

func TestHaveHistory(t *testing.T) {
	t.Parallel()
	matches(t, "history_as_expected", HaveHistory(
		Row{Revision: 1, Status: helm.StatusSuperseded, Chart: "guestbook-0.2.0", Description: "Install complete"},
		Row{},
		Row{Revision: 3, Description: "Rollback to 1"},
	), workshopHistory())
}

// The three mistakes that a comparison of texts by likeness lets pass.
func TestHaveHistoryMarksTheCells(t *testing.T) {
	t.Parallel()
	history := workshopHistory()
	history[1].Status = helm.StatusDeployed
	history[2].Status, history[2].Description = helm.StatusFailed, "Rollback to 2"
	differs(t, "history_with_wrong_cells", HaveHistory(
		Row{1, helm.StatusSuperseded, "guestbook-0.2.0", "Install complete"},
		Row{2, helm.StatusSuperseded, "guestbook-0.2.0", "Upgrade complete"},
		Row{3, helm.StatusDeployed, "guestbook-0.2.0", "Rollback to 1"},
	), history)
}

func TestHaveHistoryCountsLines(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	short := HaveHistory(Row{Revision: 1}, Row{Revision: 2}, Row{Revision: 3}, Row{Revision: 4, Status: helm.StatusDeployed})
	g.Expect(workshopHistory()).NotTo(short)
	g.Expect(short.FailureMessage(workshopHistory())).To(gomega.HaveSuffix(
		"\n  ! - [want 4]  - [want deployed]  -                -"))
	long := HaveHistory(Row{Revision: 1}, Row{Revision: 2})
	g.Expect(workshopHistory()).NotTo(long)
	g.Expect(long.FailureMessage(workshopHistory())).To(gomega.HaveSuffix("Rollback to 1     [no such line expected]"))
}

func TestHaveHistoryTakesPointers(t *testing.T) {
	t.Parallel()
	all := workshopHistory()
	gomega.NewWithT(t).Expect([]*helm.Release{&all[0]}).To(HaveHistory(Row{Revision: 1}))
	refuses(t, HaveHistory(), all[0], "not a []helm.Release")
}
