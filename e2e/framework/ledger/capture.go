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
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/objects"
)

// atOnce bounds the requests to the API server at one time.
const atOnce = 8

// Request is what to write down.
type Request struct {
	// Namespace is the release's.
	Namespace string
	// Objects are those of the manifest.
	Objects []*unstructured.Unstructured
	// Release, if set, adds objects that are not in the manifest but marked by Helm as this release's:
	// what another revision left behind.
	Release string
	// Kinds are where such leftovers are looked for: those of all revisions' manifests, if the caller knows them. If
	// unset, all kinds of the cluster, which takes a request for each.
	Kinds []schema.GroupKind
}

// Capture reads the live objects of a manifest and all that they own. Objects that do not exist are not in the ledger.
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
	roots, err := readManifest(ctx, client, r)
	if err != nil {
		return Ledger{}, err
	}
	marked, err := readMarked(ctx, client, r, roots)
	if err != nil {
		return Ledger{}, err
	}
	roots = append(roots, marked...)
	namespaces := []string{r.Namespace}
	for _, root := range roots {
		if !slices.Contains(namespaces, root.Namespace) && root.Namespace != "" {
			namespaces = append(namespaces, root.Namespace)
		}
	}
	owned, err := readOwned(ctx, client, namespaces)
	if err != nil {
		return Ledger{}, err
	}
	l := Ledger{Namespace: r.Namespace, Objects: append(roots, below(roots, owned)...)}
	slices.SortFunc(l.Objects, func(a, b Object) int { return objects.Compare(a.Ref, b.Ref) })
	return l, nil
}

func readManifest(ctx context.Context, client *objects.Client, r Request) ([]Object, error) {
	found := make([]*Object, len(r.Objects))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, u := range r.Objects {
		group.Go(func() error {
			placed, mapping, err := client.Place(u, r.Namespace)
			if err != nil {
				return err
			}
			live, err := client.Resource(mapping, placed.GetNamespace()).Get(ctx, placed.GetName(), metav1.GetOptions{})
			if apierrors.IsNotFound(err) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("reading %q: %w", objects.RefOf(placed), err)
			}
			entry := Normalise(live, placed)
			found[i] = &entry
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var all []Object
	for _, o := range found {
		if o != nil {
			all = append(all, *o)
		}
	}
	return all, nil
}

// readMarked finds objects of the release beside those of the manifest, by the marks Helm puts on all it makes.
func readMarked(ctx context.Context, client *objects.Client, r Request, known []Object) ([]Object, error) {
	if r.Release == "" {
		return nil, nil
	}
	kinds := client.Kinds()
	if len(r.Kinds) > 0 {
		kinds = slices.DeleteFunc(kinds, func(k objects.Kind) bool { return !slices.Contains(r.Kinds, k.GroupKind()) })
	}
	live, err := listAll(ctx, client, kinds, []string{""}, metav1.ListOptions{LabelSelector: "app.kubernetes.io/managed-by=Helm"})
	if err != nil {
		return nil, err
	}
	var all []Object
	for _, u := range live {
		marks := u.GetAnnotations()
		mine := marks["meta.helm.sh/release-name"] == r.Release && marks["meta.helm.sh/release-namespace"] == r.Namespace
		if !mine || metav1.GetControllerOf(u) != nil {
			continue
		}
		ref := objects.RefOf(u)
		if !slices.ContainsFunc(known, func(o Object) bool { return o.Ref == ref || o.UID == string(u.GetUID()) }) {
			all = append(all, Normalise(u, nil))
			known = append(known, all[len(all)-1])
		}
	}
	return all, nil
}

func readOwned(ctx context.Context, client *objects.Client, namespaces []string) ([]*unstructured.Unstructured, error) {
	kinds := []objects.Kind{
		{GroupVersionKind: schema.GroupVersionKind{Version: "v1", Kind: "Pod"}, Resource: "pods", Namespaced: true},
		{GroupVersionKind: schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "ReplicaSet"}, Resource: "replicasets", Namespaced: true},
		{
			GroupVersionKind: schema.GroupVersionKind{Group: "discovery.k8s.io", Version: "v1", Kind: "EndpointSlice"},
			Resource:         "endpointslices", Namespaced: true,
		},
	}
	return listAll(ctx, client, kinds, namespaces, metav1.ListOptions{})
}

func listAll(
	ctx context.Context, client *objects.Client, kinds []objects.Kind, namespaces []string, options metav1.ListOptions,
) ([]*unstructured.Unstructured, error) {
	var mu sync.Mutex
	var all []*unstructured.Unstructured
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, k := range kinds {
		for _, ns := range namespaces {
			group.Go(func() error {
				found, err := list(ctx, client.ResourceOf(k.GVR(), ns), options)
				if err != nil {
					return fmt.Errorf("listing %q: %w", k.Resource, err)
				}
				mu.Lock()
				defer mu.Unlock()
				all = append(all, found...)
				return nil
			})
		}
	}
	err := group.Wait()
	return all, err
}

// list gives nothing for a kind that was removed meanwhile, or that only looks like a list.
func list(ctx context.Context, api dynamic.ResourceInterface, options metav1.ListOptions) ([]*unstructured.Unstructured, error) {
	found, err := api.List(ctx, options)
	if apierrors.IsNotFound(err) || apierrors.IsMethodNotSupported(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := make([]*unstructured.Unstructured, 0, len(found.Items))
	for i := range found.Items {
		all = append(all, &found.Items[i])
	}
	return all, nil
}
