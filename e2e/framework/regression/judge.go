package regression

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/history"
	"seatrial/e2e/framework/objects"
)

// judgeState looks at what a step has made of the release, as far as only now can tell.
func (w *walk) judgeState(ctx context.Context, step Step, before []*state, now *state) error {
	if step.Action == Rollback {
		w.find(lostHooks(before[len(before)-1].release, now.release)...)
	}
	w.find(subchartsLeft(w.run.Revisions[step.Revision].Values, now)...)
	if err := w.findKept(ctx, before, now); err != nil {
		return err
	}
	if err := w.findLostDefinitions(ctx, before, now); err != nil {
		return err
	}
	if err := w.findPendingLoadBalancers(ctx, now); err != nil {
		return err
	}
	if err := w.findRerendered(ctx, step); err != nil {
		return err
	}
	w.holdHistory(step, now.recorded, "")
	return nil
}

// judgeHistory holds the release's history against Helm's laws.
func (w *walk) judgeHistory(ctx context.Context, step Step, failure string) error {
	recorded, err := w.helm.Recorded(ctx, w.run.Release)
	if err != nil {
		return err
	}
	w.holdHistory(step, recorded, failure)
	return nil
}

// holdHistory holds what was read of it.
func (w *walk) holdHistory(step Step, recorded helm.Recorded, failure string) {
	broken := history.Check(history.Transition{
		Before: w.records, After: recorded.Releases, Stored: recorded.Stored,
		Action: history.Action(step.Action), Target: step.Back, Failure: failure, MaxHistory: unlimited,
	})
	w.records = recorded.Releases
	for _, v := range broken {
		w.find(Finding{
			Word: HistoryLaw, Field: v.Law,
			Expected: v.Expected, Found: fmt.Sprintf("revision %d: %s", v.Revision, v.Seen),
		})
	}
}

// findKept looks for objects of earlier revisions that are only there because they are to be kept.
func (w *walk) findKept(ctx context.Context, before []*state, now *state) error {
	for _, s := range before {
		for _, u := range s.objects {
			if !kept(u) || has(now.objects, u) {
				continue
			}
			there, err := exists(ctx, w.api, u, w.room.namespace)
			if err != nil {
				return err
			}
			if there {
				w.find(keptLeft(w.ref(u)))
			}
		}
	}
	return nil
}

// findPendingLoadBalancers tells of Services that nobody gives an address.
func (w *walk) findPendingLoadBalancers(ctx context.Context, now *state) error {
	for _, u := range now.objects {
		kind, _, err := unstructured.NestedString(u.Object, "spec", "type")
		if u.GetKind() != "Service" || err != nil || kind != "LoadBalancer" {
			continue
		}
		placed, mapping, err := w.api.Place(u, w.room.namespace)
		if err != nil {
			return err
		}
		live, err := w.api.Resource(mapping, placed.GetNamespace()).Get(ctx, placed.GetName(), metav1.GetOptions{})
		if err != nil {
			if ignoreAbsent(err) == nil {
				continue
			}
			return fmt.Errorf("reading %s: %w", objects.RefOf(placed), err)
		}
		addresses, _, err := unstructured.NestedSlice(live.Object, "status", "loadBalancer", "ingress")
		if err == nil && len(addresses) == 0 {
			w.find(Finding{
				Word: LoadBalancerPending, Note: true, Object: objects.RefOf(placed), Field: "status.loadBalancer.ingress",
				Expected: "an address", Found: "none",
			})
		}
	}
	return nil
}

// ref names an object of a manifest with the namespace that it is in.
func (w *walk) ref(u *unstructured.Unstructured) objects.Ref {
	placed, _, err := w.api.Place(u, w.room.namespace)
	if err != nil {
		return objects.RefOf(u)
	}
	return objects.RefOf(placed)
}

// history is that of the release, empty if there is none.
func (w *walk) history(ctx context.Context) ([]helm.Release, error) {
	all, err := w.helm.History(ctx, w.run.Release)
	if isNotFound(err) {
		return nil, nil
	}
	return all, err
}
