package regression_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/regression"
)

func TestOneRevisionIsInstalledAndUpgradedToItself(t *testing.T) {
	t.Parallel()
	want := []string{
		"install defaults",
		"upgrade defaults to defaults",
		"roll back defaults to defaults",
		"upgrade defaults to defaults and roll back, twice",
	}
	if diff := cmp.Diff(want, names(regression.Plan([]string{"defaults"}, regression.Neighbours))); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}

func TestNoRevisionHasNoPath(t *testing.T) {
	t.Parallel()
	gomega.NewWithT(t).Expect(regression.Plan(nil, regression.EveryPair)).To(gomega.BeEmpty())
}

func TestTheWayBackIsGoneTwice(t *testing.T) {
	t.Parallel()
	all := regression.Plan([]string{"old", "new"}, regression.Neighbours)
	want := regression.Path{Name: "upgrade old to new and roll back, twice", Steps: []regression.Step{
		{Action: regression.Install, Revision: 0},
		{Action: regression.Upgrade, Revision: 1},
		{Action: regression.Rollback, Revision: 0, Back: 1},
		{Action: regression.Upgrade, Revision: 1},
		{Action: regression.Rollback, Revision: 0, Back: 3},
		{Action: regression.Uninstall, Revision: 0},
	}}
	if diff := cmp.Diff(want, all[len(all)-1]); diff != "" {
		t.Errorf("the last path (-want +got):\n%s", diff)
	}
}

func TestPairs(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	three := []string{"a", "b", "c"}
	g.Expect(names(regression.Plan(three, regression.Neighbours))).ToNot(gomega.ContainElement("upgrade a to c"))
	g.Expect(names(regression.Plan(three, regression.EveryPair))).To(gomega.ContainElement("upgrade a to c"))
}

// Whatever is planned, Helm must be able to do, and each revision and pair must come by.
func TestEveryPlanCanBeDone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(1, 9).Draw(t, "revisions")
		pairs := rapid.SampledFrom([]regression.Pairs{regression.Neighbours, regression.EveryPair}).Draw(t, "pairs")
		var revisions []string
		for i := range count {
			revisions = append(revisions, fmt.Sprint(i))
		}
		installed, upgraded := map[int]bool{}, map[[2]int]bool{}
		for _, path := range regression.Plan(revisions, pairs) {
			last := len(path.Steps) - 1
			if path.Steps[0].Action != regression.Install || path.Steps[last].Action != regression.Uninstall {
				t.Fatalf("%s begins with %s and ends with %s", path.Name, path.Steps[0].Action, path.Steps[last].Action)
			}
			installed[path.Steps[0].Revision] = true
			var history []int // which of the planned revisions each of the release is
			for i, step := range path.Steps[:last] {
				switch step.Action {
				case regression.Upgrade:
					upgraded[[2]int{history[i-1], step.Revision}] = true
				case regression.Rollback:
					if step.Back < 1 || step.Back >= len(history) || history[step.Back-1] != step.Revision {
						t.Fatalf("%s rolls back to revision %d of %v and expects %d", path.Name, step.Back, history, step.Revision)
					}
				case regression.Install, regression.Uninstall:
				}
				history = append(history, step.Revision)
			}
		}
		for i := range count {
			if !installed[i] {
				t.Fatalf("revision %d is never installed", i)
			}
			for j := i + 1; j < count; j++ {
				wanted := pairs == regression.EveryPair || j == i+1
				if upgraded[[2]int{i, j}] != wanted {
					t.Fatalf("whether %d is upgraded to %d is %t", i, j, !wanted)
				}
			}
		}
	})
}

func names(paths []regression.Path) []string {
	var all []string
	for _, one := range paths {
		all = append(all, one.Name)
	}
	return all
}
