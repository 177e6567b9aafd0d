package ledger

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"seatrial/e2e/framework/objects"
)

// atOnce bounds the requests to the API server at one time.
const atOnce = 8

// query is one list to ask for.
type query struct {
	resource  schema.GroupVersionResource
	namespace string // empty for all, or none
	name      string // empty for all
	labels    string // a selector
}

// sweep reads lists as they were at one moment: the API server keeps old versions for some minutes and gives any of them.
type sweep struct {
	client  *objects.Client
	version string

	mu   sync.Mutex
	seen map[query][]*unstructured.Unstructured
	torn []string
}

// beginSweep takes the moment from a first list. Whatever is read later is as it was then.
func beginSweep(ctx context.Context, client *objects.Client, namespace string) (*sweep, error) {
	s := &sweep{client: client, seen: map[query][]*unstructured.Unstructured{}}
	first := query{resource: pods(), namespace: namespace}
	live, version, err := listQuery(ctx, client, first, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	s.seen[first] = live
	if version != "0" {
		s.version = version
	}
	return s, nil
}

// read asks for lists that were not asked for yet, and gives what is in all of them.
func (s *sweep) read(ctx context.Context, queries []query) ([]*unstructured.Unstructured, error) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	missing := slices.DeleteFunc(distinct(queries), func(q query) bool {
		_, done := s.seen[q]
		return done
	})
	for _, q := range missing {
		group.Go(func() error { return s.one(ctx, q) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var all []*unstructured.Unstructured
	for _, q := range distinct(queries) {
		all = append(all, s.seen[q]...)
	}
	return all, nil
}

func distinct(queries []query) []query {
	var all []query
	for _, q := range queries {
		if !slices.Contains(all, q) {
			all = append(all, q)
		}
	}
	return all
}

func (s *sweep) one(ctx context.Context, q query) error {
	options := metav1.ListOptions{}
	if s.version != "" {
		options.ResourceVersion, options.ResourceVersionMatch = s.version, metav1.ResourceVersionMatchExact
	}
	live, _, err := listQuery(ctx, s.client, q, options)
	torn := err != nil && s.version != "" && ctx.Err() == nil
	if torn {
		// A store of its own, such as that of an aggregated API, has versions of its own.
		live, _, err = listQuery(ctx, s.client, q, metav1.ListOptions{})
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[q] = live
	if torn && !slices.Contains(s.torn, q.resource.GroupResource().String()) {
		s.torn = append(s.torn, q.resource.GroupResource().String())
	}
	return nil
}

func listQuery(ctx context.Context, client *objects.Client, q query, o metav1.ListOptions) ([]*unstructured.Unstructured, string, error) {
	o.LabelSelector = q.labels
	if q.name != "" {
		o.FieldSelector = metav1.SingleObject(metav1.ObjectMeta{Name: q.name}).FieldSelector
	}
	live, version, err := listAll(ctx, client.ResourceOf(q.resource, q.namespace), o)
	if err != nil {
		return nil, "", fmt.Errorf("listing %q: %w", q.resource.Resource, err)
	}
	return live, version, nil
}

// listAll gives nothing for a kind that was removed meanwhile, or that only looks like a list.
func listAll(ctx context.Context, api dynamic.ResourceInterface, o metav1.ListOptions) ([]*unstructured.Unstructured, string, error) {
	found, err := api.List(ctx, o)
	if apierrors.IsNotFound(err) || apierrors.IsMethodNotSupported(err) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	all := make([]*unstructured.Unstructured, 0, len(found.Items))
	for i := range found.Items {
		all = append(all, &found.Items[i])
	}
	return all, found.GetResourceVersion(), nil
}

func pods() schema.GroupVersionResource {
	return schema.GroupVersionResource{Version: "v1", Resource: "pods"}
}
