// Package objects reaches objects of any kind in an API server without their Go types; wait, ledger and artifacts are built on it.
package objects

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"seatrial/e2e/framework/retry"
)

// Client is a dynamic client that knows which kinds the API server serves.
type Client struct {
	dynamic dynamic.Interface
	asker   discovery.DiscoveryInterfaceWithContext // nil if what is served never changes
	close   func()

	mu     sync.RWMutex
	mapper meta.RESTMapper
	kinds  []Kind
}

// Kind is one kind as the API server serves it in its preferred version.
type Kind struct {
	schema.GroupVersionKind

	// Resource is the plural, lower-case name in URLs.
	Resource string
	// Namespaced tells whether its objects live in namespaces.
	Namespaced bool
}

// GVR is what a dynamic client asks for.
func (k Kind) GVR() schema.GroupVersionResource {
	return k.GroupVersion().WithResource(k.Resource)
}

// Connect asks the API server for the kinds it serves. What may be repeated, the client repeats where an answer does not come:
// see package retry. Close the client after use.
func Connect(ctx context.Context, cfg *rest.Config) (*Client, error) {
	own := rest.CopyConfig(cfg)
	// The API server has its own fairness; a client-side limit would only delay what a wait has to notice.
	own.QPS = -1
	// Whoever looks at all kinds meets deprecated ones; that is no news to anybody.
	own.WarningHandler = rest.NoWarnings{}
	retry.Wrap(own)
	httpClient, err := rest.HTTPClientFor(own)
	if err != nil {
		return nil, fmt.Errorf("preparing a client of %q: %w", cfg.Host, err)
	}
	release := func() { utilnet.CloseIdleConnectionsFor(httpClient.Transport) }
	asker, err := discovery.NewDiscoveryClientForConfigAndClient(own, httpClient)
	if err != nil {
		return nil, fmt.Errorf("preparing discovery of %q: %w", cfg.Host, err)
	}
	dyn, err := dynamic.NewForConfigAndClient(own, httpClient)
	if err != nil {
		return nil, fmt.Errorf("preparing a dynamic client of %q: %w", cfg.Host, err)
	}
	c := &Client{dynamic: dyn, asker: asker, close: release}
	if err := c.Refresh(ctx); err != nil {
		release()
		return nil, fmt.Errorf("connecting to %q: %w", cfg.Host, err)
	}
	return c, nil
}

// Refresh asks the API server again for the kinds it serves: a chart may bring definitions of its own.
func (c *Client) Refresh(ctx context.Context) error {
	if c.asker == nil {
		return nil
	}
	groups, err := restmapper.GetAPIGroupResourcesWithContext(ctx, c.asker)
	if err != nil {
		return fmt.Errorf("asking which kinds are served: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mapper, c.kinds = restmapper.NewDiscoveryRESTMapper(groups), listable(groups)
	return nil
}

// New makes a client of parts that exist already, which is what tests with a fake dynamic client need.
func New(dyn dynamic.Interface, mapper meta.RESTMapper, kinds ...Kind) *Client {
	return &Client{dynamic: dyn, mapper: mapper, kinds: kinds, close: func() {}}
}

// Close gives back the idle connections.
func (c *Client) Close() { c.close() }

// Kinds are all kinds that can be listed, sorted by group and kind.
func (c *Client) Kinds() []Kind {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clone(c.kinds)
}

// Mapping finds the resource that serves a kind. An empty version means the preferred one.
func (c *Client) Mapping(gvk schema.GroupVersionKind) (*meta.RESTMapping, error) {
	var versions []string
	if gvk.Version != "" {
		versions = []string{gvk.Version}
	}
	c.mu.RLock()
	mapper := c.mapper
	c.mu.RUnlock()
	m, err := mapper.RESTMapping(gvk.GroupKind(), versions...)
	if err != nil {
		return nil, fmt.Errorf("finding the resource of %q: %w", gvk.GroupKind(), err)
	}
	return m, nil
}

// Resource addresses the objects of a kind in a namespace, which is ignored for kinds without one.
func (c *Client) Resource(m *meta.RESTMapping, namespace string) dynamic.ResourceInterface {
	if m.Scope.Name() == meta.RESTScopeNameRoot {
		namespace = ""
	}
	return c.ResourceOf(m.Resource, namespace)
}

// ResourceOf is Resource for a resource that is known already; an empty namespace means all, or none.
func (c *Client) ResourceOf(resource schema.GroupVersionResource, namespace string) dynamic.ResourceInterface {
	if namespace == "" {
		return c.dynamic.Resource(resource)
	}
	return c.dynamic.Resource(resource).Namespace(namespace)
}

// Place returns a copy of u with the namespace it is created in when the request says `namespace`,
// as an API client fills it in: only where the kind has one and the object names none.
func (c *Client) Place(u *unstructured.Unstructured, namespace string) (*unstructured.Unstructured, *meta.RESTMapping, error) {
	m, err := c.Mapping(u.GroupVersionKind())
	if err != nil {
		return nil, nil, err
	}
	placed := u.DeepCopy()
	switch {
	case m.Scope.Name() == meta.RESTScopeNameRoot:
		placed.SetNamespace("")
	case placed.GetNamespace() == "":
		placed.SetNamespace(namespace)
	}
	return placed, m, nil
}

func listable(groups []*restmapper.APIGroupResources) []Kind {
	var kinds []Kind
	for _, g := range groups {
		version := g.Group.PreferredVersion.Version
		for _, r := range g.VersionedResources[version] {
			if !slices.Contains(r.Verbs, "list") || !slices.Contains(r.Verbs, "get") {
				continue
			}
			gvk := schema.GroupVersionKind{Group: g.Group.Name, Version: version, Kind: r.Kind}
			kinds = append(kinds, Kind{GroupVersionKind: gvk, Resource: r.Name, Namespaced: r.Namespaced})
		}
	}
	slices.SortFunc(kinds, func(a, b Kind) int { return compare(a.GroupKind(), b.GroupKind()) })
	return kinds
}
