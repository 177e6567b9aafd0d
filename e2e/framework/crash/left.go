package crash

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/ledger"
)

// left is what a user finds after a crash.
type left struct {
	history          []string
	changed, changes int
}

// leftIn looks at the release, and at the objects that the operation was to change.
func (s *sweep) leftIn(ctx context.Context, r *room, p plan) (left, error) {
	history, err := r.history(ctx, s.Release)
	if err != nil {
		return left{}, err
	}
	found := left{history: history}
	from, to := s.manifests[p.from], s.manifests[p.to]
	for _, u := range unite(to, from) {
		old, wanted := find(from, u), find(to, u)
		if old != nil && wanted != nil && reflect.DeepEqual(old.Object, wanted.Object) {
			continue
		}
		done, err := r.is(ctx, u, wanted)
		if err != nil {
			return left{}, err
		}
		found.changes++
		if done {
			found.changed++
		}
	}
	return found, nil
}

// is tells whether an object is as it is wanted; nil means that it is not to be there.
func (r *room) is(ctx context.Context, u, wanted *unstructured.Unstructured) (bool, error) {
	live, placed, err := r.get(ctx, u)
	if err != nil {
		return false, err
	}
	absent := live == nil || live.GetDeletionTimestamp() != nil
	if wanted == nil || absent {
		return (wanted == nil) == absent, nil
	}
	entry := ledger.Normalise(live, placed)
	return len(ledger.Drift(ledger.Ledger{Namespace: r.namespace, Objects: []ledger.Object{entry}})) == 0, nil
}

// history is what helm history lists, in short.
func (r *room) history(ctx context.Context, release string) ([]string, error) {
	all, err := r.helm.History(ctx, release)
	if errors.Is(err, helm.ErrReleaseNotFound) {
		return []string{}, nil
	}
	if err != nil {
		return nil, err
	}
	short := make([]string, 0, len(all))
	for _, revision := range all {
		short = append(short, fmt.Sprintf("%d %s", revision.Revision, revision.Status))
	}
	return short, nil
}
