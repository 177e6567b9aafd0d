package wait

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"seatrial/e2e/framework/objects"
)

// scope is one list of objects to watch.
type scope struct {
	kind      schema.GroupKind
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
	known  map[objects.Ref]types.UID
	scopes []scope
	beside beside
}

// beside gives what to watch in a namespace for the sake of an object of a kind, other than the objects of that kind.
type beside func(gk schema.GroupKind, namespace string) []scope

func survey(client *objects.Client, r Request, also beside) (surveyed, error) {
	s := surveyed{beside: also, known: map[objects.Ref]types.UID{}}
	if r.Namespace != "" {
		s.add(also(schema.GroupKind{}, r.Namespace)...)
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
		ref := objects.RefOf(placed)
		s.gone = append(s.gone, ref)
		if uid := u.GetUID(); uid != "" {
			s.known[ref] = uid
		}
		s.watch(placed, mapping)
	}
	return s, nil
}

func (s *surveyed) watch(u *unstructured.Unstructured, m *meta.RESTMapping) {
	namespace := u.GetNamespace()
	if namespace != "" {
		s.add(s.beside(groupKindOf(u), namespace)...)
	}
	s.add(scope{kind: groupKindOf(u), resource: m.Resource, namespace: namespace})
}

func (s *surveyed) add(scopes ...scope) {
	for _, one := range scopes {
		if !slices.ContainsFunc(s.scopes, one.same) {
			s.scopes = append(s.scopes, one)
		}
	}
}

// everything is whatever a workload can own, the owners, and what explains them: for a wait that does not know what was in
// the namespace before.
func everything(_ schema.GroupKind, namespace string) []scope {
	return slices.Concat(usual(namespace), claims(namespace), sets(namespace), runs(namespace))
}

// needed is what objects of the kind can own, and what explains them. It is enough for whoever has been there from the
// beginning, and spares the API server the lists and watches of what is not there.
func needed(gk schema.GroupKind, namespace string) []scope {
	switch gk {
	case schema.GroupKind{Group: "apps", Kind: "StatefulSet"}:
		return slices.Concat(usual(namespace), claims(namespace), sets(namespace))
	case schema.GroupKind{Group: "apps", Kind: "DaemonSet"}:
		return slices.Concat(usual(namespace), sets(namespace))
	case schema.GroupKind{Group: "batch", Kind: "Job"}, schema.GroupKind{Group: "batch", Kind: "CronJob"}:
		return slices.Concat(usual(namespace), runs(namespace))
	case schema.GroupKind{Kind: "PersistentVolumeClaim"}:
		return slices.Concat(usual(namespace), claims(namespace))
	case schema.GroupKind{}:
		return usual(namespace)
	}
	if isCustom(gk) {
		return everything(gk, namespace) // An operator can make anything of it.
	}
	return usual(namespace)
}

func usual(namespace string) []scope {
	return []scope{
		in(namespace, "", "pods", "Pod"),
		in(namespace, "", "services", "Service"),
		{kind: schema.GroupKind{Kind: "Event"}, resource: versionOne("", "events"), namespace: namespace, fields: "type=Warning", advisory: true},
		in(namespace, "apps", "deployments", "Deployment"),
		in(namespace, "apps", "replicasets", "ReplicaSet"),
		in(namespace, "discovery.k8s.io", "endpointslices", "EndpointSlice"),
		{kind: schema.GroupKind{Kind: "Node"}, resource: versionOne("", "nodes"), advisory: true},
	}
}

func claims(namespace string) []scope {
	return []scope{
		in(namespace, "", "persistentvolumeclaims", "PersistentVolumeClaim"),
		{kind: storageClasses(), resource: versionOne("storage.k8s.io", "storageclasses"), advisory: true},
	}
}

// sets are the workloads whose revisions have objects of their own.
func sets(namespace string) []scope {
	return []scope{
		in(namespace, "apps", "statefulsets", "StatefulSet"),
		in(namespace, "apps", "daemonsets", "DaemonSet"),
		in(namespace, "apps", "controllerrevisions", "ControllerRevision"),
	}
}

func runs(namespace string) []scope {
	return []scope{in(namespace, "batch", "jobs", "Job"), in(namespace, "batch", "cronjobs", "CronJob")}
}

func in(namespace, group, resource, kind string) scope {
	return scope{kind: schema.GroupKind{Group: group, Kind: kind}, resource: versionOne(group, resource), namespace: namespace}
}

func versionOne(group, resource string) schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: group, Version: "v1", Resource: resource}
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

// owning are the kinds that own dependent ones.
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
