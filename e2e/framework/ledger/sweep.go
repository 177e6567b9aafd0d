package ledger

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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

// atOnce bounds the requests to the API server at one time. It answers a list from memory once that has caught up, for
// which each kind waits on its own: lists in a row would wait in a row.
const atOnce = 24

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

// whole is the query for all of the same kind and namespace, in which one by name is too.
func (q query) whole() query {
	q.name = ""
	return q
}

// beginSweep takes the moment from a first list, unless it is given. Whatever is read later is as it was then.
func beginSweep(ctx context.Context, client *objects.Client, namespace, version string) (*sweep, error) {
	s := &sweep{client: client, version: version, seen: map[query][]*unstructured.Unstructured{}}
	if version != "" {
		return s, nil
	}
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
	wanted := distinct(queries)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, q := range s.missing(wanted) {
		group.Go(func() error { return s.one(ctx, q) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var all []*unstructured.Unstructured
	for _, q := range wanted {
		all = append(all, s.answer(q)...)
	}
	return all, nil
}

// missing are the queries that nothing which was asked for, or is among them, has the answer to.
func (s *sweep) missing(wanted []query) []query {
	return slices.DeleteFunc(slices.Clone(wanted), func(q query) bool {
		for _, other := range []query{q, q.whole()} {
			if _, seen := s.seen[other]; seen || other != q && slices.Contains(wanted, other) {
				return true
			}
		}
		return false
	})
}

// answer is what a query gives, from the list of its own or from one that has more in it.
func (s *sweep) answer(q query) []*unstructured.Unstructured {
	if own, seen := s.seen[q]; seen {
		return own
	}
	var all []*unstructured.Unstructured
	for _, u := range s.seen[q.whole()] {
		if u.GetName() == q.name {
			all = append(all, u)
		}
	}
	return all
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
	torn := err != nil && s.version != "" && ctx.Err() == nil && refusesVersion(err)
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

// refusesVersion tells an API server that has no such version from one that is in trouble, or cannot be reached: what that
// would be asked next is no moment of its own.
func refusesVersion(err error) bool {
	status, answered := errors.AsType[*apierrors.StatusError](err)
	if !answered || apierrors.IsTooManyRequests(err) {
		return false
	}
	return status.Status().Code < http.StatusInternalServerError || apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge)
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
