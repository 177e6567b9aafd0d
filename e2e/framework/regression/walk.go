package regression

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/wait"
)

// unlimited keeps every revision: a path through many goes back to its first.
const unlimited = -1

// state is what a revision of the release was found to be, once it had settled.
type state struct {
	release helm.Release
	objects []*unstructured.Unstructured // of the manifest
	// version is the moment at which it had settled, if that can be read later.
	version string
	// ledger is there once the proof is.
	ledger ledger.Ledger
	// recorded is the history of the release then.
	recorded helm.Recorded
}

// walk is a path under way.
type walk struct {
	run  *run
	path Path
	room *room
	helm *helm.Client
	api  *objects.Client
	// lookout sees what is in the namespace, all along the path.
	lookout *wait.Lookout
	// states has one for each revision of the release.
	states []*state
	// known has the UIDs of what Helm has made.
	known map[objects.Ref]types.UID
	// proofs are written beside the operations.
	proofs queue
	// records is the history after the last operation.
	records []helm.Release
	// step is the one under way.
	step    place
	pending pending
	// unfit tells that the cluster is not one on which the path can be gone to its end.
	unfit bool
	// standIns are objects that a program of the chart would have made.
	standIns []objects.Ref
	// leftovers are what is still there of a release that was taken away, and end its ledger.
	leftovers []*unstructured.Unstructured
	end       *ledger.Ledger

	finding sync.Mutex
	found   []located
	result  PathResult
}

// place is a step of a path, by its number and in words.
type place struct {
	number int
	name   string
}

// located is a finding with the place where it was made.
type located struct {
	Finding

	at place
}

// walk goes one path in a namespace of its own, and clears everything away.
func (r *run) walk(ctx context.Context, path Path, at *site) (result PathResult, err error) {
	start := time.Now()
	w := &walk{run: r, path: path, result: PathResult{Path: path, Verdict: NotRun}}
	r.tell(Event{Path: path})
	defer func() {
		w.result.Took = time.Since(start)
		result = w.result
		r.tell(Event{Path: path, End: &result})
	}()
	if w.room, err = openRoom(ctx, at); err != nil {
		return w.result, err
	}
	defer func() { err = errors.Join(err, w.room.close(ctx)) }()
	if err := w.prepare(ctx); err != nil {
		return w.result, err
	}
	defer w.lookout.Close()
	reminding, quiet := context.WithCancel(ctx)
	var reminders sync.WaitGroup
	reminders.Go(func() { w.remind(reminding) })
	err = errors.Join(w.steps(ctx), w.proofs.wait())
	quiet()
	reminders.Wait()
	w.judge(ctx, err)
	return w.result, err
}

func (w *walk) prepare(ctx context.Context) error {
	w.result.Namespace = w.room.namespace
	if w.run.Artifacts != "" {
		w.result.Artifacts = filepath.Join(w.run.Artifacts, folderName(w.path.Name))
	}
	w.helm, w.api = w.room.helm.In(w.room.namespace), w.room.api
	if err := w.claim(ctx); err != nil {
		return err
	}
	w.lookout = wait.NewLookout(ctx, w.api, w.room.namespace)
	return nil
}

// claim notes what the path is going to make outside of its namespace.
func (w *walk) claim(ctx context.Context) error {
	if !w.run.wide(w.path) {
		return nil
	}
	// A path before it may have brought definitions, which are gone by now.
	if err := w.api.Refresh(ctx); err != nil {
		return err
	}
	var all []*unstructured.Unstructured
	for _, step := range w.path.Steps {
		revision := w.run.Revisions[step.Revision]
		rendered, err := w.objectsOf(ctx, revision)
		if err != nil && !revision.brings() {
			return err
		}
		for _, u := range rendered {
			if placed, _, err := w.api.Place(u, w.room.namespace); err == nil && placed.GetNamespace() != w.room.namespace {
				all = append(all, placed)
			}
		}
		// Helm leaves these when it uninstalls: on a cluster that stays, the next path would find them.
		definitions, err := revision.Chart.Definitions()
		if err != nil {
			return err
		}
		all = append(all, definitions...)
	}
	return w.room.claim(ctx, unique(all))
}

// objectsOf are all that a revision would make, hooks included.
func (w *walk) objectsOf(ctx context.Context, revision Revision) ([]*unstructured.Unstructured, error) {
	rendered, err := Render(ctx, w.helm, revision, w.run.Release)
	if err != nil {
		return nil, err
	}
	return rendered.Objects()
}

// steps goes step by step until one fails the path.
func (w *walk) steps(ctx context.Context) error {
	for i, step := range w.path.Steps {
		w.step = place{i, describe(step, w.run.names())}
		if err := w.between(ctx, i-1); err != nil {
			return err
		}
		w.tellLater(Event{Path: w.path, Begins: w.step.name})
		start := time.Now()
		done := StepResult{Step: step, Name: w.step.name}
		ok, err := w.do(ctx, step, &done)
		done.Took = time.Since(start)
		if err != nil {
			done.Err = err.Error()
		}
		w.result.Steps = append(w.result.Steps, done)
		w.tellLater(Event{Path: w.path, Step: &done})
		if err != nil || !ok {
			return err
		}
	}
	return nil
}

// tellLater tells something when the proofs of the steps before are there.
func (w *walk) tellLater(e Event) {
	w.proofs.add(func() error {
		w.run.tell(e)
		return nil
	})
}

// between lets the caller do what it wants after a step, and looks what has changed.
func (w *walk) between(ctx context.Context, done int) error {
	if done < 0 || w.run.Between == nil {
		return nil
	}
	if err := w.proofs.wait(); err != nil {
		return err
	}
	moment := Moment{
		Path: w.path, Done: done, Kubeconfig: w.room.place.Kubeconfig, Namespace: w.room.namespace, Release: w.run.Release,
	}
	if err := w.run.Between(ctx, moment); err != nil {
		return err
	}
	return w.drift(ctx)
}

// do does one step and everything that is to be seen after it. It gives false where the path ends.
func (w *walk) do(ctx context.Context, step Step, done *StepResult) (bool, error) {
	if step.Action == Uninstall {
		return w.uninstall(ctx, done)
	}
	if err := w.letPass(ctx); err != nil {
		return false, err
	}
	if err := w.standIn(ctx, step); err != nil {
		return false, err
	}
	start := time.Now()
	made, err := w.operate(ctx, step)
	done.Helm = time.Since(start)
	if err != nil {
		return false, w.operationFailed(ctx, step, err, done)
	}
	now, settled, err := w.settle(ctx, made, done)
	if err != nil {
		return false, err
	}
	before := w.states
	w.states = append(w.states, now)
	w.prove(ctx, step, before, now)
	if err := w.judgeState(ctx, step, before, now); err != nil {
		return false, err
	}
	// What never became ready is no state to come back to; but whether there is a way out of it, is worth to know.
	return settled || step.Action == Upgrade, nil
}

// find notes a finding of the step under way.
func (w *walk) find(found ...Finding) { w.findAt(w.step, found...) }

// findAt notes a finding of any step.
func (w *walk) findAt(at place, found ...Finding) {
	w.finding.Lock()
	defer w.finding.Unlock()
	for _, f := range found {
		f.Path, f.Step = w.path.Name, at.name
		f.Object.Name, f.Expected, f.Found = w.anywhere(f.Object.Name), w.anywhere(f.Expected), w.anywhere(f.Found)
		w.found = append(w.found, located{f, at})
	}
}

// anywhere is a text that reads the same on every path, whatever the path's namespace is called.
func (w *walk) anywhere(text string) string {
	if w.room == nil {
		return text
	}
	text = strings.ReplaceAll(text, fmt.Sprintf(" in %q", w.room.namespace), "")
	return strings.ReplaceAll(text, w.room.namespace, "<the release's namespace>")
}

// findings are those of all steps in their order, each once.
func (w *walk) findings() []Finding {
	slices.SortStableFunc(w.found, func(a, b located) int { return a.at.number - b.at.number })
	var all []Finding
	for _, f := range w.found {
		known := slices.ContainsFunc(all, func(other Finding) bool { return f.same(other) && f.Note == other.Note })
		if !known {
			all = append(all, f.Finding)
		}
	}
	return all
}

// judge gives the verdict. A path that could not be gone to its end for no fault of the chart has none.
func (w *walk) judge(ctx context.Context, err error) {
	w.result.Verdict, w.result.Findings = Passed, w.findings()
	for i := range w.states {
		w.result.Ledgers = append(w.result.Ledgers, w.states[i].ledger)
	}
	if w.end != nil {
		w.result.Ledgers = append(w.result.Ledgers, *w.end)
	}
	for _, f := range w.result.Findings {
		if !f.Note {
			w.result.Verdict = Failed
		}
	}
	if (err != nil || w.unfit) && w.result.Verdict == Passed {
		w.result.Verdict = NotRun
	}
	if w.result.Verdict == Failed || err != nil {
		w.evidence(ctx)
	}
}

var unfit = regexp.MustCompile(`[^A-Za-z0-9._=-]+`)

// folderName makes the name of a folder from that of a path.
func folderName(name string) string {
	const longest = 100
	fit := strings.Trim(unfit.ReplaceAllString(name, "-"), "-.")
	return fit[:min(len(fit), longest)]
}

// unique leaves out objects that come again.
func unique(all []*unstructured.Unstructured) []*unstructured.Unstructured {
	seen := map[objects.Ref]bool{}
	var once []*unstructured.Unstructured
	for _, u := range all {
		if ref := objects.RefOf(u); !seen[ref] {
			seen[ref] = true
			once = append(once, u)
		}
	}
	return once
}
