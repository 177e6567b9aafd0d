package crash

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/regression"
	"seatrial/e2e/framework/wait"
)

// reference is a ledger of a release that never crashed.
type reference struct{ written ledger.Ledger }

// refer installs and upgrades the release once without a crash, and writes down each revision.
func (s *sweep) refer(ctx context.Context) error {
	return s.within(ctx, func(ctx context.Context, r *room) error {
		for _, one := range []struct {
			step step
			goal goal
		}{
			{step{action: regression.Install, what: first}, first},
			{step{action: regression.Upgrade, what: second}, second},
		} {
			if err := s.do(ctx, r.helm, one.step); err != nil {
				return fmt.Errorf("without any crash: %w", err)
			}
			if err := r.settle(ctx, one.goal); err != nil {
				return fmt.Errorf("without any crash: %w", err)
			}
			written, err := r.capture(ctx, one.goal)
			if err != nil {
				return err
			}
			s.references[one.goal] = reference{written}
		}
		return nil
	})
}

// in is the reference as it would be in another namespace.
func (r reference) in(namespace string) (ledger.Ledger, error) {
	data, err := r.written.JSON()
	if err != nil {
		return ledger.Ledger{}, err
	}
	return ledger.Parse([]byte(strings.ReplaceAll(string(data), r.written.Namespace, namespace)))
}

// settle waits until what belongs to a goal is ready, and all else of the release is gone.
func (r *room) settle(ctx context.Context, to goal) error {
	return wait.ReadyWith(ctx, r.api, wait.Request{
		Namespace: r.namespace, Objects: r.sweep.manifests[to], Gone: r.sweep.beside(to), Timeout: r.sweep.Timeout,
	})
}

// beside are the objects of any revision that a goal does not have.
func (s *sweep) beside(to goal) []*unstructured.Unstructured {
	return without(unite(s.manifests[first], s.manifests[second]), s.manifests[to])
}

// capture writes down the release as it is.
func (r *room) capture(ctx context.Context, is goal) (ledger.Ledger, error) {
	seen := map[schema.GroupKind]bool{}
	var kinds []schema.GroupKind
	for _, u := range unite(r.sweep.manifests[first], r.sweep.manifests[second]) {
		if kind := u.GroupVersionKind().GroupKind(); !seen[kind] {
			seen[kind] = true
			kinds = append(kinds, kind)
		}
	}
	return ledger.CaptureWith(ctx, r.api, ledger.Request{
		Namespace: r.namespace, Objects: r.sweep.manifests[is], Release: r.sweep.Release, Kinds: kinds,
	})
}
