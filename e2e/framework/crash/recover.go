package crash

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/wait"
)

// proveInterval is how often a state is looked at again that is not yet what it should be.
const proveInterval = 200 * time.Millisecond

// proveTimeout is how long controllers may take to make a state what it should be, after all of it is ready.
const proveTimeout = 10 * time.Second

// attempt is one way back from one state.
type attempt struct {
	plan     plan
	state    *State
	recovery int // the place in both
}

// recoverAll tries each way back from each state. The points of a state take turns.
func (s *sweep) recoverAll(ctx context.Context, result *Result) error {
	var all []attempt
	open := map[*State]int{}
	for i := range result.Operations {
		op := &result.Operations[i]
		p := s.planOf(op.Action)
		for j := range op.States {
			state := &op.States[j]
			state.Recoveries = make([]Recovery, len(p.recovery))
			open[state] = len(p.recovery)
			for k := range p.recovery {
				all = append(all, attempt{p, state, k})
			}
		}
	}
	var mu sync.Mutex
	left := len(open)
	return s.each(ctx, len(all), func(ctx context.Context, i int) error {
		one := all[i]
		made, err := s.attempt(ctx, one)
		if err != nil {
			return fmt.Errorf("%s, then %s: %w", one.state.Point(), one.plan.recovery[one.recovery].name, err)
		}
		mu.Lock()
		defer mu.Unlock()
		one.state.Recoveries[one.recovery] = made
		open[one.state]--
		if open[one.state] == 0 {
			left--
			if s.Told != nil {
				s.Told(*one.state, left)
			}
		}
		return nil
	})
}

// attempt makes the crash again, and tries one way back from it.
func (s *sweep) attempt(ctx context.Context, a attempt) (made Recovery, err error) {
	way := a.plan.recovery[a.recovery]
	made.Name = way.name
	cut := a.state.Points[a.recovery%len(a.state.Points)]
	err = s.crash(ctx, a.plan, cut, func(ctx context.Context, r *room) error {
		found, err := s.leftIn(ctx, r, a.plan)
		if err != nil {
			return err
		}
		again := State{History: found.history, Changed: found.changed, Changes: found.changes}
		if !a.state.same(again) {
			return fmt.Errorf("the same crash has left %s this time, and before it left %s", again.Left(), a.state.Left())
		}
		made.Outcome, made.Why, err = r.back(ctx, way)
		if err != nil {
			return err
		}
		made.History, err = r.history(ctx, s.Release)
		return err
	})
	return made, err
}

// back goes a way back, and looks whether it has led where it should.
func (r *room) back(ctx context.Context, way recovery) (outcome Outcome, why string, err error) {
	if err := r.sweep.all(ctx, r.helm, way.steps); err != nil {
		if ctx.Err() != nil {
			return "", "", err
		}
		return Refused, r.reason(err), nil
	}
	why, err = r.prove(ctx, way.goal)
	if why != "" || err != nil {
		return Unproven, why, err
	}
	return Works, "", nil
}

// reason is why Helm refused: in short where users meet it often, else in its own words.
func (r *room) reason(err error) string {
	for _, known := range []error{
		helm.ErrPending, helm.ErrReleaseExists, helm.ErrNothingDeployed, helm.ErrRevisionNotFound, helm.ErrReleaseNotFound,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return r.anonymous(err.Error())
}

// anonymous is a text on one line without the name of the namespace, which is another one each time.
func (r *room) anonymous(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), r.namespace, "NAMESPACE")
}

// prove says why the release is not where it should be, or nothing.
func (r *room) prove(ctx context.Context, to goal) (why string, err error) {
	if why, err := r.proveHistory(ctx, to); why != "" || err != nil {
		return why, err
	}
	if why, err := r.proveGone(ctx, to); why != "" || err != nil {
		return why, err
	}
	if err := r.settle(ctx, to); err != nil {
		return r.unsettled(ctx, err)
	}
	if to == gone {
		return "", nil
	}
	return r.proveObjects(ctx, to)
}

// proveHistory wants the newest revision deployed, and no other; or no release at all.
func (r *room) proveHistory(ctx context.Context, to goal) (why string, err error) {
	history, err := r.history(ctx, r.sweep.Release)
	if err != nil {
		return "", err
	}
	deployed := 0
	for _, revision := range history {
		if strings.HasSuffix(revision, " "+string(helm.StatusDeployed)) {
			deployed++
		}
	}
	switch {
	case to == gone && len(history) > 0:
		return "history is left: " + strings.Join(history, ", "), nil
	case to == gone:
		return "", nil
	case len(history) == 0 || !strings.HasSuffix(history[len(history)-1], " "+string(helm.StatusDeployed)):
		return "the newest revision is not deployed: " + strings.Join(history, ", "), nil
	case deployed > 1:
		return "more than one revision is deployed: " + strings.Join(history, ", "), nil
	default:
		return "", nil
	}
}

// proveGone looks for objects that the goal does not have, and that nobody is deleting: to wait for them would not help.
func (r *room) proveGone(ctx context.Context, to goal) (why string, err error) {
	var over []string
	for _, u := range r.sweep.beside(to) {
		live, placed, err := r.get(ctx, u)
		if err != nil {
			return "", err
		}
		if live != nil && live.GetDeletionTimestamp() == nil {
			over = append(over, objects.RefOf(placed).In(r.namespace))
		}
	}
	if len(over) == 0 {
		return "", nil
	}
	return "left over: " + strings.Join(over, ", "), nil
}

// unsettled says in short what a wait has waited for in vain.
func (r *room) unsettled(ctx context.Context, err error) (why string, _ error) {
	if ctx.Err() != nil {
		return "", err
	}
	var report wait.Report
	if late, ok := errors.AsType[*wait.TimeoutError](err); ok {
		report = late.Report
	} else if failed, ok := errors.AsType[*wait.FailedError](err); ok {
		report = failed.Report
	} else {
		return "", err
	}
	var names []string
	for _, u := range report.Unready {
		if name := u.Object.In(r.namespace); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return "not ready, or not gone: " + strings.Join(names, ", "), nil
}

// proveObjects holds the live objects against those of a release that never crashed, field by field.
func (r *room) proveObjects(ctx context.Context, to goal) (why string, err error) {
	then, err := r.sweep.references[to].in(r.namespace)
	if err != nil {
		return "", err
	}
	late, cancel := context.WithTimeout(ctx, min(proveTimeout, r.sweep.Timeout))
	defer cancel()
	ticker := time.NewTicker(proveInterval)
	defer ticker.Stop()
	for {
		now, err := r.capture(ctx, to)
		if err != nil {
			return "", err
		}
		proof := ledger.Prove(then, now)
		if proof.Restored() {
			return "", nil
		}
		select {
		case <-late.Done():
			return r.anonymous(broken(proof)), ctx.Err()
		case <-ticker.C:
		}
	}
}

// broken tells of the first object that is not as it should be, and how many more there are.
func broken(proof ledger.Proof) string {
	all := proof.Broken()
	text := fmt.Sprintf("%s is %s", all[0].Object, all[0].Outcome)
	if len(all[0].Differences) > 0 {
		text = all[0].Differences[0].String()
	}
	if len(all) > 1 {
		text += fmt.Sprintf(", and %d more", len(all)-1)
	}
	return text
}
