package regression

import (
	"context"
	"errors"
	"regexp"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
)

// operationFailed makes findings of an operation of Helm that failed, and tries whether there is a way on from there. The
// error is set if it was not the chart's doing.
func (w *walk) operationFailed(ctx context.Context, step Step, err error, done *StepResult) error {
	if ctx.Err() != nil || errors.Is(err, helm.ErrUnreachable) {
		return err
	}
	done.Err = err.Error()
	var before []*unstructured.Unstructured
	if len(w.states) > 0 {
		before = w.states[len(w.states)-1].objects
	}
	w.find(w.explain(ctx, before, step, err)...)
	if err := w.judgeHistory(ctx, step, err.Error()); err != nil {
		return err
	}
	return w.wayOn(ctx, step, done)
}

// wayOn tries what a user would do next: after a failed upgrade, to go back; after a failed rollback, to upgrade to where
// it was to lead.
func (w *walk) wayOn(ctx context.Context, step Step, done *StepResult) error {
	next := Step{Action: Upgrade, Revision: step.Revision}
	switch step.Action {
	case Upgrade:
		next = w.retreat()
	case Rollback:
	case Install, Uninstall:
		return nil
	}
	made, err := w.operate(ctx, next)
	if err != nil {
		if ctx.Err() != nil || errors.Is(err, helm.ErrUnreachable) {
			return err
		}
		w.find(Finding{
			Word: ReleaseStuck, Expected: "a way on: " + describe(next, w.run.names()) + " after " + w.step + " had failed", Found: oneLine(err.Error()),
		})
		return nil
	}
	if next.Action == Upgrade {
		return nil
	}
	now, _, err := w.settle(ctx, made, done)
	if err != nil {
		return err
	}
	back := comparison{then: w.states[next.Back-1], now: now, between: w.states[next.Back:]}
	w.find(back.findings()...)
	return nil
}

// retreat is the way back from an upgrade that failed: where the path was to go back to anyway, or else one step.
func (w *walk) retreat() Step {
	done := len(w.states)
	for _, step := range w.path.Steps[done:] {
		if step.Action == Rollback && step.Back <= done {
			return step
		}
	}
	return Step{Action: Rollback, Revision: w.path.Steps[done-1].Revision, Back: done}
}

// explain finds out what an error of Helm is about.
func (w *walk) explain(ctx context.Context, before []*unstructured.Unstructured, step Step, err error) []Finding {
	var found []Finding
	after := w.rendered(step)
	for _, status := range statuses(err) {
		if f, ok := immutable(status, before, after); ok {
			f.Object.Namespace = w.room.namespace
			found = append(found, f)
		}
	}
	if len(found) > 0 {
		return found
	}
	if errors.Is(err, context.DeadlineExceeded) {
		if hooks := w.runningHooks(ctx); len(hooks) > 0 {
			return hooks
		}
	}
	return []Finding{{Word: OperationFailed, Expected: string(step.Action) + " to succeed", Found: oneLine(err.Error())}}
}

// rendered are the objects that a step was to make.
func (w *walk) rendered(step Step) []*unstructured.Unstructured {
	if step.Action == Rollback {
		return w.states[step.Back-1].objects
	}
	revision := w.run.Revisions[step.Revision]
	manifest, err := helm.Render(revision.Chart, w.run.Release, w.room.namespace, revision.Values)
	if err != nil {
		return nil
	}
	all, err := helm.Release{Manifest: manifest}.Objects()
	if err != nil {
		return nil
	}
	return all
}

// runningHooks are the hooks of the newest revision that were begun and did not end.
func (w *walk) runningHooks(ctx context.Context) []Finding {
	all, err := w.history(ctx)
	if err != nil || len(all) == 0 {
		return nil
	}
	var found []Finding
	last := all[len(all)-1]
	for _, hook := range last.Hooks {
		if hook.Started.IsZero() || !hook.Completed.IsZero() && hook.Phase != "Failed" {
			continue
		}
		found = append(found, Finding{
			Word: HookNeverEnds, Object: objects.Ref{Kind: hook.Kind, Namespace: w.room.namespace, Name: hook.Name},
			Field: "metadata.annotations[helm.sh/hook]", Expected: "the hook to end within " + w.run.Timeout.String(), Found: "it is still running",
		})
	}
	return found
}

// statuses are the API server's answers anywhere in an error.
func statuses(err error) []metav1.Status {
	if status, ok := err.(*apierrors.StatusError); ok { //nolint:errorlint // The tree is walked by hand: all are wanted, not the first.
		return []metav1.Status{status.ErrStatus}
	}
	switch wrapped := err.(type) { //nolint:errorlint // As above.
	case interface{ Unwrap() []error }:
		var all []metav1.Status
		for _, one := range wrapped.Unwrap() {
			all = append(all, statuses(one)...)
		}
		return all
	case interface{ Unwrap() error }:
		if next := wrapped.Unwrap(); next != nil {
			return statuses(next)
		}
	}
	return nil
}

var refusal = regexp.MustCompile(`immutable|may not change|may not be changed|cannot be changed|cannot change|updates to .* are forbidden|are forbidden after creation`)

// immutable tells which field of which object the API server does not let anybody change.
func immutable(status metav1.Status, before, after []*unstructured.Unstructured) (Finding, bool) {
	if status.Details == nil || status.Reason != metav1.StatusReasonInvalid {
		return Finding{}, false
	}
	for _, cause := range status.Details.Causes {
		if !refusal.MatchString(cause.Message) {
			continue
		}
		ref := objects.Ref{Group: status.Details.Group, Kind: status.Details.Kind, Name: status.Details.Name}
		return Finding{
			Word: ImmutableField, Object: ref, Field: precise(cause.Field, ref, before, after),
			Expected: "the change to be possible", Found: oneLine(cause.Message),
		}, true
	}
	return Finding{}, false
}

// precise says which field it is where the API server only says in which part of the object: the first that differs.
func precise(field string, ref objects.Ref, before, after []*unstructured.Unstructured) string {
	wanted := &unstructured.Unstructured{}
	wanted.SetGroupVersionKind(ref.GroupKind().WithVersion(""))
	wanted.SetName(ref.Name)
	old, fresh := find(before, wanted), find(after, wanted)
	if field != "spec" || old == nil || fresh == nil {
		return field
	}
	for _, allowed := range []string{"replicas", "template", "updateStrategy", "minReadySeconds", "persistentVolumeClaimRetentionPolicy", "ordinals", "revisionHistoryLimit"} {
		old, fresh = without(old, allowed), without(fresh, allowed)
	}
	if differs := firstDifference("spec", old.Object["spec"], fresh.Object["spec"]); differs != "" {
		return differs
	}
	return field
}

func without(u *unstructured.Unstructured, field string) *unstructured.Unstructured {
	copied := u.DeepCopy()
	unstructured.RemoveNestedField(copied.Object, "spec", field)
	return copied
}

func isNotFound(err error) bool {
	return errors.Is(err, helm.ErrReleaseNotFound) || err != nil && strings.Contains(err.Error(), "release: not found")
}
