package regression

import (
	"context"
	"errors"
	"regexp"
	"strings"

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
	if needsRealNodes(err.Error()) {
		w.beyond(w.namedIn(ctx, err, step), string(step.Action)+" to succeed", err.Error())
		return nil
	}
	if err := w.proofs.wait(); err != nil {
		return err
	}
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
			Word: ReleaseStuck, Object: w.namedIn(ctx, err, next),
			Expected: "a way on: " + describe(next, w.run.names()) + " after " + w.step.name + " had failed", Found: terse(err),
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
	if now.ledger, err = w.capture(ctx, w.states, now, now.version); err != nil {
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
	after := w.rendered(ctx, step)
	for _, f := range immutable(err.Error(), before, after) {
		f.Object.Namespace = w.room.namespace
		found = append(found, f)
	}
	if len(found) == 0 {
		found = w.notServed(err.Error())
	}
	if len(found) == 0 {
		found = w.refusals(ctx, err, step)
	}
	if len(found) == 0 {
		found = w.hooksStuck(err)
	}
	if len(found) == 0 && errors.Is(err, context.DeadlineExceeded) {
		found = w.runningHooks(ctx)
	}
	if len(found) > 0 {
		return found
	}
	return []Finding{{
		Word: OperationFailed, Object: w.namedIn(ctx, err, step), Expected: string(step.Action) + " to succeed", Found: terse(err),
	}}
}

// rendered are the objects that a step was to make.
func (w *walk) rendered(ctx context.Context, step Step) []*unstructured.Unstructured {
	if step.Action == Rollback {
		return w.states[step.Back-1].objects
	}
	revision := w.run.Revisions[step.Revision]
	rendered, err := Render(ctx, w.helm, revision, w.run.Release)
	if err != nil { // There may be no way on for the release.
		rendered, err = renderAlone(revision, w.run.Release, w.room.namespace)
	}
	if err != nil {
		return nil
	}
	all, err := helm.Release{Manifest: rendered.Manifest}.Objects()
	if err != nil {
		return nil
	}
	return all
}

// longest bounds the text of an error: API servers repeat whole objects in theirs.
const longest = 600

func short(text string) string {
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest*2/3]) + " ... " + string(runes[len(runes)-longest/3:])
	}
	return text
}

// named is how errors name an object, by its kind or its resource.
var named = regexp.MustCompile(`(\w+)(?:\.[a-z0-9.-]+)? "([^"]+)"`)

// namedIn is the object of a step that an error is about, if it names one.
func (w *walk) namedIn(ctx context.Context, err error, step Step) objects.Ref {
	made := append(w.rendered(ctx, step), w.hooksOf(ctx, step)...)
	for _, match := range named.FindAllStringSubmatch(err.Error(), -1) {
		for _, u := range made {
			if kind := u.GetKind(); u.GetName() == match[2] && strings.HasPrefix(strings.ToLower(match[1]), strings.ToLower(kind)) {
				return w.ref(u)
			}
		}
	}
	return objects.Ref{}
}

// hooksStuck are the hooks because of which an operation was given up.
func (w *walk) hooksStuck(err error) []Finding {
	report, ok := reportOf(err)
	if !ok {
		return nil
	}
	var found []Finding
	for _, u := range report.Unready {
		if u.Reason == notMade {
			continue
		}
		f := unready(u)
		if f.Word != ImageNotPulled {
			f.Word, f.Field = HookNeverEnds, hookField
		}
		f.Expected = "the hook to end"
		found = append(found, f)
	}
	return found
}

// notMade is what a wait says of a hook whose turn has not come.
const notMade = "not made yet"

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
			Field: hookField, Expected: "the hook to end within " + w.run.Timeout.String(), Found: "it is still running",
		})
	}
	return found
}

// refused is how Helm's errors tell of an object that the API server did not take: the object, and the first field of the
// answer. Of the answer itself only the text comes through.
var refused = regexp.MustCompile(`([A-Z]\w*)(?:\.([a-z0-9.-]+))? "([^"]+)" is invalid: \[?([A-Za-z0-9_.\[\]-]+): `)

// refusals are the texts by which API servers say that a field cannot be changed, whatever its value.
var refusals = regexp.MustCompile(`field is immutable[^,&@\]]*|may not be? ?changed?[^,&@\]]*|cannot be changed[^,&@\]]*|cannot change [^,&@\]]*|` +
	`updates to [^&]* are forbidden|[^ ]* is immutable[^,&@\]]*`)

// immutable tells which fields of which objects the API server does not let anybody change.
func immutable(text string, before, after []*unstructured.Unstructured) []Finding {
	var found []Finding
	places := refused.FindAllStringSubmatchIndex(text, -1)
	for i, at := range places {
		end := len(text)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		answer := refusals.FindString(text[at[1]:end])
		if answer == "" {
			continue
		}
		ref := objects.Ref{Kind: text[at[2]:at[3]], Name: text[at[6]:at[7]]}
		if at[4] >= 0 {
			ref.Group = text[at[4]:at[5]]
		}
		found = append(found, Finding{
			Word: ImmutableField, Object: ref, Field: precise(text[at[8]:at[9]], ref, before, after),
			Expected: "the change to be possible", Found: strings.Join(append([]string{"the API server refuses it: " + strings.TrimSpace(answer)}, changes(text[at[1]:end])...), "\n"),
		})
	}
	return found
}

// changes are the lines of a text that show what would change, where it has a comparison of lines with those around them.
func changes(text string) []string {
	var all []string
	for _, line := range compared(text) {
		if strings.HasPrefix(line, "-") || strings.HasPrefix(line, "+") {
			all = append(all, line[:1]+" "+strings.Join(strings.Fields(line[1:]), " "))
		}
	}
	return all
}

// compared are the lines of a comparison, from its first place on.
func compared(text string) []string {
	_, after, found := strings.Cut(text, "\n@@ ")
	if !found {
		return nil
	}
	_, after, _ = strings.Cut(after, "\n")
	return strings.Split(after, "\n")
}

// terse is an error on one line, of a comparison in it only what would change.
func terse(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n@@ ")
	return short(oneLine(strings.Join(append([]string{text}, changes(err.Error())...), "; ")))
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
