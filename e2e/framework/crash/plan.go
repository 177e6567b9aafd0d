package crash

import (
	"context"
	"fmt"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/regression"
)

// goal is what a release is to be.
type goal int

const (
	gone   goal = iota // nothing is left of it
	first              // as after an installation of the first revision
	second             // as after an upgrade to the second
)

// step is one operation of Helm.
type step struct {
	action regression.Action
	what   goal // to install or to upgrade to
	back   int  // the revision to roll back to
}

// recovery is a way back from a crash: what a user would try.
type recovery struct {
	name  string
	steps []step
	goal  goal
}

// plan is an operation to crash.
type plan struct {
	action   regression.Action
	before   []step // what has happened before
	step     step
	from, to goal
	recovery []recovery
}

// planOf says how each operation is come to, and what users try after it has died.
func planOf(action regression.Action) plan {
	var (
		installed   = step{action: regression.Install, what: first}
		reinstalled = step{action: regression.Install, what: second}
		upgraded    = step{action: regression.Upgrade, what: second}
		rolledBack  = step{action: regression.Rollback, back: 1}
		removed     = step{action: regression.Uninstall}
	)
	switch action {
	case regression.Install:
		return plan{action: action, step: installed, from: gone, to: first, recovery: []recovery{
			{"install again", []step{installed}, first},
			{"upgrade", []step{{action: regression.Upgrade, what: first}}, first},
			{"rollback 1", []step{rolledBack}, first},
			{"uninstall", []step{removed}, gone},
			{"uninstall, install", []step{removed, installed}, first},
		}}
	case regression.Upgrade:
		return plan{action: action, before: []step{installed}, step: upgraded, from: first, to: second, recovery: []recovery{
			{"upgrade again", []step{upgraded}, second},
			{"rollback 1", []step{rolledBack}, first},
			{"rollback 1, upgrade", []step{rolledBack, upgraded}, second},
			{"uninstall", []step{removed}, gone},
			{"uninstall, install", []step{removed, reinstalled}, second},
		}}
	case regression.Rollback:
		return plan{action: action, before: []step{installed, upgraded}, step: rolledBack, from: second, to: first, recovery: []recovery{
			{"rollback 1 again", []step{rolledBack}, first},
			{"upgrade", []step{upgraded}, second},
			{"uninstall", []step{removed}, gone},
			{"uninstall, install", []step{removed, installed}, first},
		}}
	default:
		return plan{action: action, before: []step{installed, upgraded}, step: removed, from: second, to: gone, recovery: []recovery{
			{"uninstall again", []step{removed}, gone},
			{"install", []step{reinstalled}, second},
			{"upgrade", []step{upgraded}, second},
			{"rollback 1", []step{rolledBack}, first},
			{"uninstall, install", []step{removed, reinstalled}, second},
		}}
	}
}

// do does a step.
func (s *sweep) do(ctx context.Context, client *helm.Client, what step) error {
	revision := s.First
	if what.what == second {
		revision = s.Second
	}
	var err error
	switch what.action {
	case regression.Install:
		_, err = client.Install(ctx, s.Release, revision.Chart, revision.Values)
	case regression.Upgrade:
		_, err = client.Upgrade(ctx, s.Release, revision.Chart, revision.Values)
	case regression.Rollback:
		_, err = client.Rollback(ctx, s.Release, what.back)
	case regression.Uninstall:
		err = client.Uninstall(ctx, s.Release)
	default:
		err = fmt.Errorf("%q is no operation", what.action)
	}
	return err
}

// all does steps one after the other.
func (s *sweep) all(ctx context.Context, client *helm.Client, steps []step) error {
	for _, one := range steps {
		if err := s.do(ctx, client, one); err != nil {
			return err
		}
	}
	return nil
}
