package objects

import (
	"cmp"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Ref names an object. The version is not part of the name: the same object is served in several.
type Ref struct {
	Group     string `json:"group,omitempty"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
}

// RefOf names u.
func RefOf(u *unstructured.Unstructured) Ref {
	gk := u.GroupVersionKind().GroupKind()
	return Ref{Group: gk.Group, Kind: gk.Kind, Namespace: u.GetNamespace(), Name: u.GetName()}
}

// GroupKind is the kind with its API group.
func (r Ref) GroupKind() schema.GroupKind { return schema.GroupKind{Group: r.Group, Kind: r.Kind} }

// String is the short form people know from kubectl: "Deployment/redis-master".
func (r Ref) String() string { return r.Kind + "/" + r.Name }

// In is String as seen from a namespace: an object of another one shows its own.
func (r Ref) In(namespace string) string {
	if r.Namespace == "" || r.Namespace == namespace {
		return r.String()
	}
	return r.Kind + "/" + r.Namespace + "/" + r.Name
}

// Compare orders refs by namespace, kind and name.
func Compare(a, b Ref) int {
	return cmp.Or(
		strings.Compare(a.Namespace, b.Namespace),
		strings.Compare(a.Kind, b.Kind),
		strings.Compare(a.Name, b.Name),
		strings.Compare(a.Group, b.Group),
	)
}

func compare(a, b schema.GroupKind) int {
	return cmp.Or(strings.Compare(a.Group, b.Group), strings.Compare(a.Kind, b.Kind))
}
