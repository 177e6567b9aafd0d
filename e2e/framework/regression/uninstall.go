package regression

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/wait"
)

// uninstall runs the chart's tests, looks who has changed what the release has made, removes it, and looks what is left.
func (w *walk) uninstall(ctx context.Context, done *StepResult) (bool, error) {
	if err := w.test(ctx); err != nil {
		return false, err
	}
	if err := w.linger(ctx); err != nil {
		return false, err
	}
	last := w.states[len(w.states)-1]
	step := Step{Action: Uninstall}
	if _, err := w.operate(ctx, step); err != nil {
		return false, w.operationFailed(ctx, step, err, done)
	}
	var gone []*unstructured.Unstructured
	for _, u := range last.objects {
		if !kept(u) {
			gone = append(gone, w.identified(u))
		}
	}
	_, waited := w.lookout.Settled(ctx, wait.Request{
		Namespace: w.room.namespace, Gone: gone, Timeout: w.run.Timeout, Undeleted: undeletedPatience, Progress: w.pending.set,
	})
	w.pending.clear()
	if waited != nil {
		if err := stopped(ctx, waited); err != nil {
			return false, err
		}
		done.Err = waited.Error()
		for _, f := range unsettled(waited) {
			f.Word, f.Expected = UninstallLeft, "nothing"
			w.find(f)
		}
	}
	if err := w.judgeHistory(ctx, step, ""); err != nil {
		return false, err
	}
	if err := w.findLeft(ctx); err != nil {
		return false, err
	}
	if err := w.proofs.wait(); err != nil {
		return false, err
	}
	w.end = endOf(w.states[len(w.states)-1].ledger, w.leftovers)
	return true, nil
}

// endOf is the ledger of a release that was taken away: what is left of its last one.
func endOf(last ledger.Ledger, left []*unstructured.Unstructured) *ledger.Ledger {
	if last.Record == nil {
		return nil
	}
	stayed := map[objects.Ref]bool{}
	for _, u := range left {
		stayed[objects.RefOf(u)] = true
	}
	record := *last.Record
	record.Status, record.Description = string(helm.StatusUninstalled), ""
	end := ledger.Ledger{Namespace: last.Namespace, Record: &record}
	for i := range last.Objects {
		if stayed[last.Objects[i].Ref] {
			end.Objects = append(end.Objects, last.Objects[i])
		}
	}
	return &end
}

// findLeft looks through the namespace, and for what the release had outside of it.
func (w *walk) findLeft(ctx context.Context) error {
	left, err := w.inNamespace(ctx)
	if err != nil {
		return err
	}
	for _, u := range w.everything() {
		placed := w.placed(u)
		if placed.GetNamespace() == w.room.namespace {
			continue // That has been looked through.
		}
		live, err := lookFor(ctx, w.api, placed, w.room.namespace)
		if err != nil {
			return err
		}
		if live != nil {
			left = append(left, live)
		}
	}
	left = slices.DeleteFunc(left, func(u *unstructured.Unstructured) bool { return slices.Contains(w.standIns, objects.RefOf(u)) })
	for _, u := range unique(left) {
		w.find(w.leftFinding(u))
	}
	w.leftovers = left
	w.room.clean = len(left) == 0
	return nil
}

// leftFinding judges an object that outlived the release.
func (w *walk) leftFinding(u *unstructured.Unstructured) Finding {
	f := Finding{Word: UninstallLeft, Object: objects.RefOf(u), Expected: "nothing", Found: "the object"}
	switch {
	case w.remade(u):
		return remadeFinding(u)
	case kept(u):
		f.Word, f.Note, f.Found = KeptObjectLeft, true, "an object that is annotated to be kept"
		f.Field = keepField
	case u.GetKind() == claimKind && !w.made(u):
		f = claimKept(f.Object)
	case w.isTest(u):
		f.Note, f.Found = true, "what belongs to a test of the chart, which Helm keeps for its log"
	case !w.made(u):
		f.Note, f.Found = true, "an object that Helm did not make; a program of the release did"
	}
	return f
}

// remade tells whether an object is another one than Helm has made under its name.
func (w *walk) remade(u *unstructured.Unstructured) bool {
	uid := w.known[objects.RefOf(u)]
	return uid != "" && uid != u.GetUID()
}

func remadeFinding(u *unstructured.Unstructured) Finding {
	f := Finding{Word: UninstallLeft, Object: objects.RefOf(u), Expected: "nothing"}
	maker, byCluster := ledger.MadeBy(u)
	if byCluster {
		f.Word, f.Note = RemadeByCluster, true
	}
	f.Found = fmt.Sprintf("an object of its name, which %s made when Helm had deleted it", cmp.Or(maker, "a controller"))
	return f
}

// inNamespace lists what is in the namespace that was empty before, all kinds side by side: the API server lets each list
// wait until it has caught up with that kind.
func (w *walk) inNamespace(ctx context.Context) ([]*unstructured.Unstructured, error) {
	kinds := w.lookedFor()
	found := make([][]*unstructured.Unstructured, len(kinds))
	group, ctx := errgroup.WithContext(ctx)
	for i, kind := range kinds {
		group.Go(func() (err error) {
			found[i], err = w.leftOf(ctx, kind)
			return err
		})
	}
	err := group.Wait()
	return slices.Concat(found...), err
}

// leftOf lists what is in the namespace of one kind.
func (w *walk) leftOf(ctx context.Context, kind schema.GroupKind) ([]*unstructured.Unstructured, error) {
	mapping, err := w.api.Mapping(kind.WithVersion(""))
	if err != nil {
		return nil, nil //nolint:nilerr // Nothing is of a kind that nobody serves any more.
	}
	found, err := w.api.Resource(mapping, w.room.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		if ignoreAbsent(err) == nil {
			return nil, nil
		}
		return nil, fmt.Errorf("looking for what is left of kind %s: %w", kind.Kind, err)
	}
	var left []*unstructured.Unstructured
	for i := range found.Items {
		u := &found.Items[i]
		if u.GetNamespace() == w.room.namespace && !native(u) && metav1.GetControllerOf(u) == nil && u.GetDeletionTimestamp() == nil {
			left = append(left, u)
		}
	}
	return left, nil
}

// lookedFor are the kinds that a release, or a program of it, may leave in a namespace.
func (w *walk) lookedFor() []schema.GroupKind {
	all := []schema.GroupKind{
		{Kind: "ConfigMap"},
		{Kind: "Secret"},
		{Kind: "Service"},
		{Kind: "ServiceAccount"},
		{Kind: "Pod"},
		{Kind: "PersistentVolumeClaim"},
		{Group: "apps", Kind: "Deployment"},
		{Group: "apps", Kind: "StatefulSet"},
		{Group: "apps", Kind: "DaemonSet"},
		{Group: "batch", Kind: "Job"},
		{Group: "batch", Kind: "CronJob"},
	}
	seen := map[schema.GroupKind]bool{}
	for _, gk := range all {
		seen[gk] = true
	}
	for _, u := range w.everything() {
		placed, _, err := w.api.Place(u, w.room.namespace)
		if gk := u.GroupVersionKind().GroupKind(); !seen[gk] && err == nil && placed.GetNamespace() != "" {
			seen[gk] = true
			all = append(all, gk)
		}
	}
	return all
}

// everything is what any revision of the release had, hooks included.
func (w *walk) everything() []*unstructured.Unstructured {
	var all []*unstructured.Unstructured
	for _, s := range w.states {
		all = append(all, s.objects...)
		all = append(all, hookObjects(s.release)...)
	}
	return all
}

func hookObjects(r helm.Release) []*unstructured.Unstructured {
	var all []*unstructured.Unstructured
	for _, hook := range r.Hooks {
		// A hook that cannot be read was never made.
		if parsed, err := (helm.Release{Manifest: hook.Manifest}).Objects(); err == nil {
			all = append(all, parsed...)
		}
	}
	return all
}

// made tells whether the object is one of those that Helm made.
func (w *walk) made(u *unstructured.Unstructured) bool { return has(w.everything(), u) }

func (w *walk) isTest(u *unstructured.Unstructured) bool {
	for _, s := range w.states {
		for _, hook := range s.release.Hooks {
			if isTest(hook) && hook.Kind == u.GetKind() && hook.Name == u.GetName() {
				return true
			}
		}
	}
	return false
}

// native tells whether every namespace has the object.
func native(u *unstructured.Unstructured) bool {
	return u.GetKind() == "ServiceAccount" && u.GetName() == "default" ||
		u.GetKind() == "ConfigMap" && u.GetName() == "kube-root-ca.crt"
}

func (w *walk) placed(u *unstructured.Unstructured) *unstructured.Unstructured {
	placed, _, err := w.api.Place(u, w.room.namespace)
	if err != nil {
		return u
	}
	return placed
}
