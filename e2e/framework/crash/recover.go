package crash

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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

// back goes a way back, and looks whether it has led where it should.
func (r *room) back(ctx context.Context, way recovery) (Recovery, error) {
	made := Recovery{Name: way.name, Outcome: Works}
	refused := r.sweep.all(ctx, r.helm, way.steps)
	if ctx.Err() != nil {
		return made, context.Cause(ctx)
	}
	var err error
	if refused != nil {
		made.Outcome, made.Why = Refused, r.reason(refused)
	} else if made.Why, err = r.prove(ctx, way.goal); made.Why != "" {
		made.Outcome = Unproven
	}
	if err != nil {
		return made, err
	}
	made.History, err = r.history(ctx, r.sweep.Release)
	return made, err
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
