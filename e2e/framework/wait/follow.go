package wait

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"

	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/retry"
)

const (
	// firstRetry is short because a broken watch is normally mended by the next try.
	firstRetry = 10 * time.Millisecond
	// lastRetry bounds how long a change stays unnoticed after the API server is back.
	lastRetry = 500 * time.Millisecond
	// silence is how long a watch may tell nothing before its objects are listed again: a watch that something holds back
	// looks the same as one of objects that do not change.
	silence = 5 * time.Second
	// listAnswer bounds one list, so that one that got lost is asked again.
	listAnswer = 30 * time.Second
)

var (
	// errNoAnswer ends a list that takes too long.
	errNoAnswer = fmt.Errorf("no answer within %s", listAnswer)
	// errNotBegun ends a watch that does not begin.
	errNotBegun = fmt.Errorf("no answer within %s", silence)
	// errUnanswered is the trouble with a list that has not come yet.
	errUnanswered = errors.New("listing: no answer yet")
)

// feeds is the live view of all scopes of a wait.
type feeds struct {
	all     []*feed
	changed chan struct{}
	running sync.WaitGroup
	// start begins a feed for a scope.
	start func(scope)
}

// feed holds the objects of one scope, from one list and the watch that continues it.
type feed struct {
	scope

	api     dynamic.ResourceInterface
	changed chan<- struct{}

	mu     sync.Mutex
	items  map[string]*unstructured.Unstructured
	at     string // the resource version of the items
	listed bool
	err    error
	// version is where the next watch goes on; empty asks for a new list. Only the feed's own goroutine uses it.
	version string
	// least is the resource version that the first list must have at least; empty is that of the moment.
	least string
}

// whatever is a resource version that every list has: the API server gives what it has seen, and what it has not seen yet,
// the watch tells. It need not ask its store first, which takes up to a tenth of a second.
const whatever = "0"

// follow starts one goroutine for each scope; they end with ctx. Least is what the first lists must have at least: for whoever
// knows what has to be seen, and can wait for it, whatever.
func follow(ctx context.Context, client *objects.Client, scopes []scope, least string) *feeds {
	f := &feeds{changed: make(chan struct{}, 1)}
	f.start = func(s scope) {
		one := &feed{scope: s, api: client.ResourceOf(s.resource, s.namespace), changed: f.changed, least: least}
		f.all = append(f.all, one)
		f.running.Go(func() { one.run(ctx) })
	}
	f.add(scopes)
	return f
}

// add follows scopes that are not followed yet. It must not be called during a wait.
func (f *feeds) add(scopes []scope) {
	for _, s := range scopes {
		if !slices.ContainsFunc(f.all, func(one *feed) bool { return one.same(s) }) {
			f.start(s)
		}
	}
}

// wait returns when all goroutines have ended.
func (f *feeds) wait() { f.running.Wait() }

// sight is what is known of the cluster at one time.
type sight struct {
	live []*unstructured.Unstructured
	// complete tells whether every list that a verdict needs has been read.
	complete bool
	// kinds tells in how many namespaces each is watched.
	kinds map[schema.GroupKind]int
	// version is the newest resource version of what counts for a verdict, empty if it cannot be told.
	version string
	// jobs are, by namespace, the resource versions up to which Jobs have been seen; a namespace may be empty for all.
	jobs map[string]string
}

func (f *feeds) snapshot() sight {
	s := sight{complete: true, jobs: map[string]string{}, kinds: map[schema.GroupKind]int{}}
	newest, native := uint64(0), true
	for _, one := range f.all {
		items, at, listed := one.snapshot()
		s.live = append(s.live, items...)
		s.kinds[one.kind]++
		if one.resource.GroupResource() == jobs() {
			s.jobs[one.namespace] = at
		}
		if one.advisory {
			continue
		}
		s.complete = s.complete && listed
		version, err := strconv.ParseUint(at, 10, 64)
		native = native && err == nil && one.native()
		newest = max(newest, version)
	}
	if native {
		s.version = strconv.FormatUint(newest, 10)
	}
	return s
}

// unseen are the kinds of owners that are not watched in all namespaces, in each of which pods are.
func (s sight) unseen() []schema.GroupKind {
	namespaces := s.kinds[schema.GroupKind{Kind: "Pod"}]
	return slices.DeleteFunc(owning(), func(gk schema.GroupKind) bool { return s.kinds[gk] >= namespaces })
}

// problems are the scopes whose last contact with the API server was an error.
func (f *feeds) problems() []string {
	var out []string
	for _, one := range f.all {
		if err := one.problem(); err != nil {
			out = append(out, fmt.Sprintf("%s: %s", one.resource.GroupResource(), oneLine(err.Error())))
		}
	}
	return out
}

func (f *feed) snapshot() (items []*unstructured.Unstructured, at string, listed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Collect(maps.Values(f.items)), f.at, f.listed
}

func (f *feed) problem() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil && !f.listed {
		return errUnanswered
	}
	return f.err
}

func (f *feed) run(ctx context.Context) {
	delay := firstRetry
	for {
		began := time.Now()
		err := f.listAndWatch(ctx)
		if ctx.Err() != nil {
			return
		}
		f.update(func() { f.err = err })
		if time.Since(began) > lastRetry {
			delay = firstRetry
		}
		if !retry.Pause(ctx, delay) {
			return
		}
		delay = min(2*delay, lastRetry)
	}
}

// listAndWatch returns when the watch ends: nil if it can be continued, an error otherwise.
func (f *feed) listAndWatch(ctx context.Context) error {
	if f.version == "" {
		if err := f.list(ctx); err != nil {
			return err
		}
	}
	// A watch begins at once, even if there is nothing to tell; one that does not got lost.
	opening, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	lost := time.AfterFunc(silence, func() { cancel(errNotBegun) })
	w, err := f.api.Watch(opening, metav1.ListOptions{
		ResourceVersion: f.version, FieldSelector: f.fields, AllowWatchBookmarks: true,
	})
	if !lost.Stop() && err != nil && ctx.Err() == nil {
		err = errNotBegun
	}
	if err != nil {
		if apierrors.IsResourceExpired(err) || apierrors.IsGone(err) {
			f.version = ""
		}
		return fmt.Errorf("watching: %w", err)
	}
	f.update(func() { f.err = nil })
	err = f.take(ctx, w)
	w.Stop()
	for range w.ResultChan() {
		// The channel is closed when the watch's own goroutine has ended.
		continue
	}
	return err
}

// take applies events until there are no more, or none has come for so long that the objects are to be listed again.
func (f *feed) take(ctx context.Context, w watch.Interface) error {
	quiet := time.NewTimer(silence)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-quiet.C:
			f.version = ""
			return nil
		case event, open := <-w.ResultChan():
			if !open {
				return nil
			}
			if err := f.apply(event); err != nil {
				f.version = ""
				return err
			}
			quiet.Reset(silence)
		}
	}
}

// list reads without a resource version, which is a read of the latest state: an older one could still show the revision before.
func (f *feed) list(ctx context.Context) error {
	limited, cancel := context.WithTimeoutCause(ctx, listAnswer, errNoAnswer)
	defer cancel()
	heard := retry.Tell(limited, func(err error) {
		if err != nil {
			f.update(func() { f.err = fmt.Errorf("listing: %w", err) })
		}
	})
	found, err := f.api.List(heard, metav1.ListOptions{FieldSelector: f.fields, ResourceVersion: f.least})
	if err != nil && errors.Is(context.Cause(limited), errNoAnswer) {
		err = errNoAnswer
	}
	if apierrors.IsNotFound(err) {
		// The kind is not served any more, so none of its objects exists.
		f.update(func() { f.items, f.listed = nil, true })
	}
	if err != nil {
		return fmt.Errorf("listing: %w", err)
	}
	items := make(map[string]*unstructured.Unstructured, len(found.Items))
	for i := range found.Items {
		items[key(&found.Items[i])] = unowned(&found.Items[i])
	}
	f.version, f.least = found.GetResourceVersion(), ""
	f.update(func() { f.items, f.at, f.listed = items, f.version, true })
	return nil
}

func (f *feed) apply(event watch.Event) error {
	if event.Type == watch.Error {
		return fmt.Errorf("watching: %w", apierrors.FromObject(event.Object))
	}
	u, ok := event.Object.(*unstructured.Unstructured)
	if !ok {
		return fmt.Errorf("watching: unexpected %T", event.Object)
	}
	f.version = u.GetResourceVersion()
	switch event.Type {
	case watch.Added, watch.Modified:
		f.update(func() { f.items[key(u)], f.at = unowned(u), f.version })
	case watch.Deleted:
		f.update(func() {
			delete(f.items, key(u))
			f.at = f.version
		})
	case watch.Bookmark, watch.Error:
	}
	return nil
}

// update changes what others read and says so; a signal that nobody has taken yet covers this change too.
func (f *feed) update(change func()) {
	f.mu.Lock()
	change()
	f.mu.Unlock()
	select {
	case f.changed <- struct{}{}:
	default:
	}
}

// unowned leaves out who has written which field: no rule asks for it, and to read it takes longer than all the rest.
func unowned(u *unstructured.Unstructured) *unstructured.Unstructured {
	unstructured.RemoveNestedField(u.Object, "metadata", "managedFields")
	return u
}

func key(u *unstructured.Unstructured) string { return u.GetNamespace() + "/" + u.GetName() }
