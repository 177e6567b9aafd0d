package wait

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/objects"
)

// During runs an operation of Helm's and watches the operation's hooks meanwhile, for which Helm waits without a word.
// The objects of the request are those of the hooks; only Jobs and Pods are watched, since of others Helm only asks that
// they can be made. Objects that were there before do not count: Helm is about to replace them.
//
// Progress is told what a hook waits for. As soon as one cannot succeed any more, or when the timeout is over, the context
// of the operation is cancelled, and when the operation has ended, the error is a [*FailedError] or a [*TimeoutError] that
// wraps that of the operation. Otherwise it is the operation's own, unchanged.
func During(ctx context.Context, cfg *rest.Config, r Request, operate func(context.Context) error) error {
	if len(watched(r.Objects)) == 0 {
		return operate(ctx)
	}
	client, left, err := connect(ctx, cfg, r.hooks()+" to end", r.Timeout)
	if err != nil {
		return err
	}
	defer client.Close()
	r.Timeout = left
	return DuringWith(ctx, client, r, operate)
}

// DuringWith is During over a connection that is there already.
func DuringWith(ctx context.Context, client *objects.Client, r Request, operate func(context.Context) error) error {
	if r.Objects = watched(r.Objects); len(r.Objects) == 0 {
		return operate(ctx)
	}
	return during(ctx, client, r, operate)
}

// watched are the objects of hooks for whose end Helm waits.
func watched(hooks []*unstructured.Unstructured) []*unstructured.Unstructured {
	return slices.DeleteFunc(slices.Clone(hooks), func(u *unstructured.Unstructured) bool { return hookRule(groupKindOf(u)) == nil })
}

func (r Request) hooks() string {
	return fmt.Sprintf("%s in %q", count(len(r.Objects), "hook"), r.Namespace)
}

func during(ctx context.Context, client *objects.Client, r Request, operate func(context.Context) error) error {
	s, err := survey(client, r, everything)
	if err != nil {
		return fmt.Errorf("watching %s: %w", r.hooks(), err)
	}
	running, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watching, stop := context.WithCancel(ctx)
	defer stop()
	h := &hooks{wanted: s.wanted, begun: make(chan struct{}), made: map[objects.Ref]bool{}}
	verdict := make(chan error, 1)
	go func() {
		defer close(verdict)
		_, err := answer(watching, client, question{
			subject: r.hooks() + " to end", namespace: r.Namespace, total: len(r.Objects), scopes: s.scopes,
			timeout: r.Timeout, progress: r.Progress, assess: h.assess,
		})
		verdict <- err
	}()
	select {
	case <-h.begun:
	case err := <-verdict:
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- operate(running) }()
	select {
	case err := <-ended:
		stop()
		for range verdict {
			// Nobody asks any more what the hooks did, only that the watch has ended.
			continue
		}
		return err
	case err := <-verdict:
		return settle(err, cancel, ended)
	}
}

// settle waits for the end of an operation whose hooks have all ended, or which is cancelled because of them.
func settle(verdict error, cancel context.CancelCauseFunc, ended <-chan error) error {
	var stopped *CancelledError
	if verdict == nil || errors.As(verdict, &stopped) {
		return <-ended
	}
	cancel(verdict)
	err := <-ended
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w\n  so the operation was ended: %w", verdict, err)
}

// hooks judges the objects of hooks while an operation makes them, one after the other, and removes them again.
type hooks struct {
	wanted []*unstructured.Unstructured
	once   sync.Once
	begun  chan struct{}
	before map[types.UID]bool
	made   map[objects.Ref]bool
	known  readings
}

func (h *hooks) assess(now sight) ([]Unready, []Note) {
	x := newIndex(State{Wanted: h.wanted, Live: now.live}, h.known.next())
	h.once.Do(func() {
		h.before = map[types.UID]bool{}
		for _, u := range now.live {
			h.before[u.GetUID()] = true
		}
		close(h.begun)
	})
	var all []Unready
	for _, want := range h.wanted {
		ref := objects.RefOf(want)
		u := x.byRef[ref]
		switch {
		case u != nil && !h.before[u.GetUID()]:
			h.made[ref] = true
			if f := hookRule(ref.GroupKind())(x, u); f.reason != "" && u.GetDeletionTimestamp() == nil {
				all = append(all, x.unready(ref, f))
			}
		case !h.made[ref]:
			all = append(all, Unready{Object: ref, Reason: "not made yet", unmade: true})
		}
	}
	return all, nil
}

// hookRule is the rule that Helm has for hooks of a kind, or nil if it only makes them.
func hookRule(gk schema.GroupKind) rule {
	switch gk {
	case schema.GroupKind{Group: "batch", Kind: "Job"}:
		return hookJob
	case schema.GroupKind{Kind: "Pod"}:
		return hookPod
	default:
		return nil
	}
}

func hookJob(x *index, u *unstructured.Unstructured) finding {
	if suspended(x, u) {
		return finding{
			reason: "suspended, while Helm waits for its end",
			dooms:  []doom{{why: "nobody lets it run", after: MissingPatience}},
		}
	}
	return job(x, u)
}

func hookPod(x *index, u *unstructured.Unstructured) finding {
	p, err := as[corev1.Pod](x, u)
	switch {
	case err != nil:
		return finding{reason: err.Error()}
	case p.Status.Phase == corev1.PodSucceeded:
		return finding{}
	case podReady(p):
		return finding{reason: "still running"}
	default:
		return pod(x, u)
	}
}

func groupKindOf(u *unstructured.Unstructured) schema.GroupKind {
	return u.GroupVersionKind().GroupKind()
}
