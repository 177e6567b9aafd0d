package matcher

import (
	"testing"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/history"
)

func TestKeepTheLaws(t *testing.T) {
	t.Parallel()
	matches(t, "laws_kept", KeepTheLaws(), rolledBack())
}

func TestKeepTheLawsNamesEachViolation(t *testing.T) {
	t.Parallel()
	wrong := rolledBack()
	wrong.After[1].Status = helm.StatusDeployed
	wrong.After[2].Description = "Rollback to 2"
	differs(t, "laws_broken", KeepTheLaws(), &wrong)
}

func TestKeepTheLawsTakesTransitions(t *testing.T) {
	t.Parallel()
	refuses(t, KeepTheLaws(), workshopHistory(), "not a history.Transition")
}

// rolledBack is the workshop's rollback.
func rolledBack() history.Transition {
	before := workshopHistory()[:2]
	before[1].Status = helm.StatusDeployed
	return history.Transition{Action: history.Rollback, Target: 1, Before: before, After: workshopHistory()}
}
