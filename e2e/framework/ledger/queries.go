package ledger

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"seatrial/e2e/framework/objects"
)

// named is how many objects of a kind are asked for one by one, where a list would have others of the cluster in it too.
const named = 3

// place finds out where the wanted objects are. A kind that nobody serves has no objects.
func (w *writer) place(ctx context.Context) error {
	for _, u := range w.request.Objects {
		if err := w.placeOne(ctx, u, nil); err != nil {
			return err
		}
	}
	for _, u := range w.request.Hooks {
		if err := w.placeOne(ctx, u, hookOf(u)); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) placeOne(ctx context.Context, u *unstructured.Unstructured, hook *Hook) error {
	placed, mapping, err := w.client.Place(u, w.request.Namespace)
	if meta.IsNoMatchError(err) {
		// The manifest may have brought the kind itself, after the client has asked for all.
		if err := w.client.Refresh(ctx); err != nil {
			return err
		}
		placed, mapping, err = w.client.Place(u, w.request.Namespace)
	}
	if meta.IsNoMatchError(err) {
		if hook == nil {
			w.absent = append(w.absent, objects.RefOf(u))
		}
		return nil
	}
	if err != nil {
		return err
	}
	w.wanted = append(w.wanted, wanted{manifest: placed, resource: mapping.Resource, hook: hook})
	return nil
}

// manifestQueries lists each kind once in the release's namespace. Elsewhere there are many objects of others, and a few of
// a kind are asked for by name.
func (w *writer) manifestQueries() []query {
	names := map[query][]string{}
	var order []query
	for _, o := range w.wanted {
		q := query{resource: o.resource, namespace: o.manifest.GetNamespace()}
		if names[q] == nil {
			order = append(order, q)
		}
		names[q] = append(names[q], o.manifest.GetName())
	}
	var all []query
	for _, q := range order {
		if q.namespace == w.request.Namespace || len(names[q]) > named {
			all = append(all, q)
			continue
		}
		for _, name := range names[q] {
			q.name = name
			all = append(all, q)
		}
	}
	return all
}

// markedQueries look for what Helm made, by the label it puts on everything.
func (w *writer) markedQueries() []query {
	if w.request.Release == "" {
		return nil
	}
	namespaces := w.namespaces()
	var all []query
	for _, k := range w.client.Kinds() {
		switch known := slices.Contains(w.request.Kinds, k.GroupKind()); {
		case len(w.request.Kinds) > 0 && !known:
		case known && k.Namespaced:
			for _, ns := range namespaces {
				all = append(all, w.markedIn(ns, k))
			}
		default:
			all = append(all, query{resource: k.GVR(), labels: madeByHelm})
		}
	}
	return all
}

const madeByHelm = "app.kubernetes.io/managed-by=Helm"

// markedIn takes everything that is in the release's own namespace, where the manifest asks for it anyway.
func (w *writer) markedIn(namespace string, k objects.Kind) query {
	q := query{resource: k.GVR(), namespace: namespace}
	if namespace != w.request.Namespace {
		q.labels = madeByHelm
	}
	return q
}

// namespaces are those in which any revision that the request tells of has something.
func (w *writer) namespaces() []string {
	all := []string{w.request.Namespace}
	add := func(namespace string) {
		if namespace != "" && !slices.Contains(all, namespace) {
			all = append(all, namespace)
		}
	}
	for _, o := range w.wanted {
		add(o.manifest.GetNamespace())
	}
	for _, ref := range w.request.Also {
		add(ref.Namespace)
	}
	return all
}

func (w *writer) knownQueries() []query {
	var all []query
	for _, ref := range w.request.Also {
		m, err := w.client.Mapping(ref.GroupKind().WithVersion(""))
		if err != nil {
			continue // A kind that is gone has left nothing.
		}
		all = append(all, query{resource: m.Resource, namespace: ref.Namespace, name: ref.Name})
	}
	return all
}

// ownedQueries list what controllers make of the built-in kinds. What operators make of custom resources can be of any kind.
func (w *writer) ownedQueries(namespaces []string) []query {
	resources := []schema.GroupVersionResource{
		pods(),
		{Group: "apps", Version: "v1", Resource: "replicasets"},
		{Group: "batch", Version: "v1", Resource: "jobs"},
		{Group: "discovery.k8s.io", Version: "v1", Resource: "endpointslices"},
		{Version: "v1", Resource: "endpoints"},
		{Version: "v1", Resource: "persistentvolumeclaims"},
	}
	if slices.ContainsFunc(w.wanted, func(o wanted) bool { return !builtIn(objects.RefOf(o.manifest)) }) {
		for _, k := range w.client.Kinds() {
			if k.Namespaced && k.Kind != "Event" && !slices.Contains(resources, k.GVR()) {
				resources = append(resources, k.GVR())
			}
		}
	}
	var all []query
	for _, r := range resources {
		for _, ns := range namespaces {
			all = append(all, query{resource: r, namespace: ns})
		}
	}
	return all
}
