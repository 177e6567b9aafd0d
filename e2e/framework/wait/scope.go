package wait

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"seatrial/e2e/framework/objects"
)

// scope is one list of objects to watch.
type scope struct {
	resource  schema.GroupVersionResource
	namespace string
	fields    string
	// advisory lists only explain: a verdict is possible without them.
	advisory bool
}

// same tells whether two scopes hold the same objects, in whatever version.
func (s scope) same(other scope) bool {
	return s.resource.GroupResource() == other.resource.GroupResource() && s.namespace == other.namespace
}

// native tells whether the objects are Kubernetes' own, which all have their versions from one store.
func (s scope) native() bool {
	return !strings.Contains(s.resource.Group, ".") || strings.HasSuffix(s.resource.Group, ".k8s.io")
}

// surveyed is a request after the API server was asked where its objects are.
type surveyed struct {
	wanted []*unstructured.Unstructured
	gone   []objects.Ref
	scopes []scope
}

func survey(client *objects.Client, r Request) (surveyed, error) {
	var s surveyed
	if r.Namespace != "" {
		s.add(background(r.Namespace)...)
	}
	for _, u := range r.Objects {
		placed, mapping, err := client.Place(u, r.Namespace)
		if err != nil {
			return surveyed{}, err
		}
		s.wanted = append(s.wanted, placed)
		s.watch(placed, mapping)
	}
	for _, u := range r.Gone {
		placed, mapping, err := client.Place(u, r.Namespace)
		if meta.IsNoMatchError(err) {
			// Nothing of a kind exists that nobody serves: its definition went with the release.
			continue
		}
		if err != nil {
			return surveyed{}, err
		}
		s.gone = append(s.gone, objects.RefOf(placed))
		s.watch(placed, mapping)
	}
	return s, nil
}

func (s *surveyed) watch(u *unstructured.Unstructured, m *meta.RESTMapping) {
	namespace := u.GetNamespace()
	if namespace != "" {
		s.add(background(namespace)...)
	}
	s.add(scope{resource: m.Resource, namespace: namespace})
}

func (s *surveyed) add(scopes ...scope) {
	for _, one := range scopes {
		if !slices.ContainsFunc(s.scopes, one.same) {
			s.scopes = append(s.scopes, one)
		}
	}
}

// background is what every wait watches: whatever a workload of the manifest can own, the owners, and what explains them.
func background(namespace string) []scope {
	core := schema.GroupVersion{Version: "v1"}
	apps := schema.GroupVersion{Group: "apps", Version: "v1"}
	batch := schema.GroupVersion{Group: "batch", Version: "v1"}
	discovery := schema.GroupVersion{Group: "discovery.k8s.io", Version: "v1"}
	storage := schema.GroupVersion{Group: "storage.k8s.io", Version: "v1"}
	return []scope{
		{resource: core.WithResource("pods"), namespace: namespace},
		{resource: core.WithResource("services"), namespace: namespace},
		{resource: core.WithResource("persistentvolumeclaims"), namespace: namespace},
		{resource: core.WithResource("events"), namespace: namespace, fields: "type=Warning", advisory: true},
		{resource: apps.WithResource("deployments"), namespace: namespace},
		{resource: apps.WithResource("replicasets"), namespace: namespace},
		{resource: apps.WithResource("statefulsets"), namespace: namespace},
		{resource: apps.WithResource("daemonsets"), namespace: namespace},
		{resource: apps.WithResource("controllerrevisions"), namespace: namespace},
		{resource: batch.WithResource("jobs"), namespace: namespace},
		{resource: batch.WithResource("cronjobs"), namespace: namespace},
		{resource: discovery.WithResource("endpointslices"), namespace: namespace},
		{resource: storage.WithResource("storageclasses"), advisory: true},
		{resource: core.WithResource("nodes"), advisory: true},
	}
}

// dependent are the kinds that controllers make for others; those of an earlier revision must be gone.
func dependent() []schema.GroupKind {
	return []schema.GroupKind{
		{Kind: "Pod"},
		{Group: "apps", Kind: "ReplicaSet"},
		{Group: "apps", Kind: "ControllerRevision"},
		{Group: "batch", Kind: "Job"},
		{Group: "discovery.k8s.io", Kind: "EndpointSlice"},
	}
}

// owning are the kinds that own dependent ones and are always watched: only of these can it be said that one is gone.
func owning() []schema.GroupKind {
	return []schema.GroupKind{
		{Kind: "Service"},
		{Group: "apps", Kind: "Deployment"},
		{Group: "apps", Kind: "ReplicaSet"},
		{Group: "apps", Kind: "StatefulSet"},
		{Group: "apps", Kind: "DaemonSet"},
		{Group: "batch", Kind: "Job"},
		{Group: "batch", Kind: "CronJob"},
	}
}
