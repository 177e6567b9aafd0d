package wait

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta/testrestmapper"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes/scheme"
	clienttesting "k8s.io/client-go/testing"

	"seatrial/e2e/framework/objects"
)

// patience is how long a test waits for something that takes milliseconds.
const patience = 20 * time.Second

// fakeAPI is a fake: client-go's object tracker behind a dynamic client, with watches that tests can cut.
type fakeAPI struct {
	*fake.FakeDynamicClient

	mu      sync.Mutex
	watches []watch.Interface
	opened  chan struct{}
}

func newFakeAPI(live ...runtime.Object) *fakeAPI {
	api := &fakeAPI{FakeDynamicClient: fake.NewSimpleDynamicClient(scheme.Scheme, live...), opened: make(chan struct{}, 100)}
	api.PrependWatchReactor("*", func(action clienttesting.Action) (bool, watch.Interface, error) {
		w, err := api.Tracker().Watch(action.GetResource(), action.GetNamespace())
		if err == nil {
			api.mu.Lock()
			api.watches = append(api.watches, w)
			api.mu.Unlock()
			api.opened <- struct{}{}
		}
		return true, w, err
	})
	return api
}

func (f *fakeAPI) client() *objects.Client {
	return objects.New(f.FakeDynamicClient, testrestmapper.TestOnlyStaticRESTMapper(scheme.Scheme))
}

// watched waits until n more watches are open: before that the fake, unlike an API server, loses changes.
func (f *fakeAPI) watched(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		select {
		case <-f.opened:
		case <-time.After(patience):
			t.Errorf("%d of %d watches opened", i, n)
			return
		}
	}
}

// cut ends all watches, as a load balancer or a restart of the API server does.
func (f *fakeAPI) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, w := range f.watches {
		w.Stop()
	}
	f.watches = nil
}

// newExpiry makes the next watch after a signal end with "410 Gone", as when its version was compacted away.
func newExpiry(signal <-chan struct{}) clienttesting.WatchReactionFunc {
	return func(clienttesting.Action) (bool, watch.Interface, error) {
		select {
		case <-signal:
			return true, nil, apierrors.NewResourceExpired("too old")
		default:
			return false, nil, nil
		}
	}
}

func (f *fakeAPI) update(t *testing.T, o runtime.Object) {
	t.Helper()
	f.do(t, o, func(u *unstructured.Unstructured, resource string) error {
		gvr := u.GroupVersionKind().GroupVersion().WithResource(resource)
		_, err := f.Resource(gvr).Namespace(u.GetNamespace()).Update(t.Context(), u, metav1.UpdateOptions{})
		return err
	})
}

func (f *fakeAPI) create(t *testing.T, o runtime.Object) {
	t.Helper()
	f.do(t, o, func(u *unstructured.Unstructured, resource string) error {
		gvr := u.GroupVersionKind().GroupVersion().WithResource(resource)
		_, err := f.Resource(gvr).Namespace(u.GetNamespace()).Create(t.Context(), u, metav1.CreateOptions{})
		return err
	})
}

func (f *fakeAPI) remove(t *testing.T, o runtime.Object) {
	t.Helper()
	f.do(t, o, func(u *unstructured.Unstructured, resource string) error {
		gvr := u.GroupVersionKind().GroupVersion().WithResource(resource)
		return f.Resource(gvr).Namespace(u.GetNamespace()).Delete(t.Context(), u.GetName(), metav1.DeleteOptions{})
	})
}

func (f *fakeAPI) do(t *testing.T, o runtime.Object, act func(u *unstructured.Unstructured, resource string) error) {
	t.Helper()
	u := untyped(o)
	m, err := f.client().Mapping(u.GroupVersionKind())
	if err == nil {
		err = act(u, m.Resource.Resource)
	}
	if err != nil {
		t.Errorf("changing %s/%s in the fake: %v", u.GetKind(), u.GetName(), err)
	}
}

// journal remembers what Progress was told.
type journal struct {
	mu      sync.Mutex
	entries []string
	began   chan struct{}
}

func newJournal() *journal { return &journal{began: make(chan struct{})} }

func (j *journal) add(s Status) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, fmt.Sprint(lines(s.Unready)))
	if len(j.entries) == 1 {
		close(j.began)
	}
}

// begun waits until the first state was looked at.
func (j *journal) begun(t *testing.T) {
	t.Helper()
	select {
	case <-j.began:
	case <-time.After(patience):
		t.Error("nothing was looked at")
	}
}

func (j *journal) all() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.entries)
}

// request asks for the objects of a world.
func (w *world) request() Request {
	return Request{Namespace: "demo", Objects: w.state().Wanted, Timeout: patience}
}

func (w *world) objects() []runtime.Object {
	var all []runtime.Object
	for _, u := range w.state().Live {
		all = append(all, u)
	}
	return all
}
