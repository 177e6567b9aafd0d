package ledger

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/objects"
)

// Request is what to write down.
type Request struct {
	// Namespace is the release's.
	Namespace string
	// Objects are those of the manifest.
	Objects []*unstructured.Unstructured
	// Hooks are the objects of the revision's hooks, with the annotations that make them hooks.
	Hooks []*unstructured.Unstructured
	// Record, if set, is what Helm has written about the revision.
	Record *Record
	// Release, if set, adds objects that are not in the manifest but marked by Helm as this release's:
	// what another revision left behind. If unset, it is that of the record.
	Release string
	// Kinds are where such leftovers are looked for: those of all revisions' manifests, if the caller knows them; in the
	// namespaces of the release, of Objects and of Also. If unset, all kinds of the cluster, which takes a request for each.
	Kinds []schema.GroupKind
	// Also are more objects to look for, such as those of the ledgers of earlier revisions: claims of a StatefulSet that
	// is gone, and objects of hooks, have nothing that tells whose they were.
	Also []objects.Ref
	// Version is the moment to write down, as a resource version that the API server has had. If unset, it is now.
	Version string
}

// Capture reads the live objects of a manifest and all that they own, as they are at one moment. Objects that do not exist
// are not in the ledger, but for their names.
func Capture(ctx context.Context, cfg *rest.Config, r Request) (Ledger, error) {
	client, err := objects.Connect(ctx, cfg)
	if err != nil {
		return Ledger{}, fmt.Errorf("writing the ledger of %q: %w", r.Namespace, err)
	}
	defer client.Close()
	return CaptureWith(ctx, client, r)
}

// CaptureWith is Capture over a connection that is there already. What else Helm marked as the release's is found among
// the kinds that the client knows.
func CaptureWith(ctx context.Context, client *objects.Client, r Request) (Ledger, error) {
	l, err := capture(ctx, client, r)
	if err != nil {
		return Ledger{}, fmt.Errorf("writing the ledger of %q: %w", r.Namespace, err)
	}
	return l, nil
}

func capture(ctx context.Context, client *objects.Client, r Request) (Ledger, error) {
	if r.Release == "" && r.Record != nil {
		r.Release = r.Record.Release
	}
	s, err := beginSweep(ctx, client, r.Namespace, r.Version)
	if err != nil {
		return Ledger{}, err
	}
	w := writer{sweep: s, request: r, entries: map[objects.Ref]*Object{}, uids: map[string]bool{}}
	if err := w.place(ctx); err != nil {
		return Ledger{}, err
	}
	if err := w.roots(ctx); err != nil {
		return Ledger{}, err
	}
	if err := w.owned(ctx); err != nil {
		return Ledger{}, err
	}
	if err := w.keys(ctx); err != nil {
		return Ledger{}, err
	}
	return w.ledger(), nil
}

// writer puts a ledger together.
type writer struct {
	*sweep

	request Request
	wanted  []wanted
	absent  []objects.Ref
	entries map[objects.Ref]*Object
	uids    map[string]bool
}

// wanted is an object that a revision asks for.
type wanted struct {
	manifest *unstructured.Unstructured
	resource schema.GroupVersionResource
	hook     *Hook
}

// add makes an entry of a live object, unless there is one: an object can be served by two groups.
func (w *writer) add(live, manifest *unstructured.Unstructured) *Object {
	ref := objects.RefOf(live)
	if w.entries[ref] != nil || w.uids[string(live.GetUID())] {
		return nil
	}
	entry := Normalise(live, manifest)
	w.entries[ref] = &entry
	w.uids[entry.UID] = entry.UID != ""
	return &entry
}

// roots reads the objects of the manifest and of hooks, those that Helm has marked, and those the caller knows of.
func (w *writer) roots(ctx context.Context) error {
	queries := w.manifestQueries()
	known := w.knownQueries()
	marked := w.markedQueries()
	// All at once, also what is only looked at later: the API server answers them side by side.
	if _, err := w.read(ctx, slices.Concat(queries, known, marked, w.ownedQueries([]string{w.request.Namespace}))); err != nil {
		return err
	}
	live, err := w.read(ctx, queries)
	if err != nil {
		return err
	}
	w.addWanted(live)
	if live, err = w.read(ctx, marked); err != nil {
		return err
	}
	for _, u := range live {
		if w.marked(u) {
			w.add(u, nil)
		}
	}
	if live, err = w.read(ctx, known); err != nil {
		return err
	}
	for _, u := range live {
		if metav1.GetControllerOf(u) == nil && slices.Contains(w.request.Also, objects.RefOf(u)) {
			w.add(u, nil)
		}
	}
	return nil
}

func (w *writer) addWanted(live []*unstructured.Unstructured) {
	byRef := make(map[objects.Ref]*unstructured.Unstructured, len(live))
	for _, u := range live {
		byRef[objects.RefOf(u)] = u
	}
	for _, o := range w.wanted {
		ref := objects.RefOf(o.manifest)
		u := byRef[ref]
		if u == nil {
			if o.hook == nil {
				w.absent = append(w.absent, ref)
			}
			continue
		}
		if entry := w.add(u, o.manifest); entry != nil {
			entry.Hook = o.hook
		}
	}
}

// marked tells whether Helm has put its marks for this release on an object.
func (w *writer) marked(u *unstructured.Unstructured) bool {
	marks := u.GetAnnotations()
	return marks["meta.helm.sh/release-name"] == w.request.Release &&
		marks["meta.helm.sh/release-namespace"] == w.request.Namespace && metav1.GetControllerOf(u) == nil
}

func (w *writer) ledger() Ledger {
	l := Ledger{Namespace: w.request.Namespace, Version: w.version, Torn: w.torn, Absent: w.absent}
	if w.request.Record != nil {
		l.Record = w.request.Record.digested()
	}
	for _, o := range w.entries {
		l.Objects = append(l.Objects, *o)
	}
	slices.SortFunc(l.Objects, func(a, b Object) int { return objects.Compare(a.Ref, b.Ref) })
	slices.SortFunc(l.Absent, objects.Compare)
	slices.Sort(l.Torn)
	return l
}
