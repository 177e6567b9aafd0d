package objects

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/api/meta/testrestmapper"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/restmapper"
)

func object(apiVersion, kind, namespace, name string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{}
	u.SetAPIVersion(apiVersion)
	u.SetKind(kind)
	u.SetNamespace(namespace)
	u.SetName(name)
	return u
}

func TestPlaceFillsInTheNamespace(t *testing.T) {
	t.Parallel()
	client := New(nil, testrestmapper.TestOnlyStaticRESTMapper(scheme.Scheme))
	tests := []struct {
		name string
		u    *unstructured.Unstructured
		want string
	}{
		{"an object that names none", object("apps/v1", "Deployment", "", "web"), "demo"},
		{"an object that names its own", object("v1", "ConfigMap", "side", "settings"), "side"},
		{"a kind that has none", object("v1", "Namespace", "", "side"), ""},
		{"a kind that has none, in a chart that says otherwise", object("v1", "Node", "demo", "node-1"), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			before := test.u.DeepCopy()
			placed, mapping, err := client.Place(test.u, "demo")
			g.Expect(err).NotTo(gomega.HaveOccurred())
			g.Expect(placed.GetNamespace()).To(gomega.Equal(test.want))
			g.Expect(mapping.GroupVersionKind).To(gomega.Equal(test.u.GroupVersionKind()))
			g.Expect(test.u).To(gomega.Equal(before), "the manifest's own object must stay as it is")
		})
	}
}

func TestPlaceNamesAKindThatNobodyServes(t *testing.T) {
	t.Parallel()
	client := New(nil, testrestmapper.TestOnlyStaticRESTMapper(scheme.Scheme))
	_, _, err := client.Place(object("example.org/v1", "Boat", "", "b"), "demo")
	gomega.NewWithT(t).Expect(err).To(gomega.MatchError(gomega.HavePrefix(`finding the resource of "Boat.example.org": `)))
}

func TestListableKinds(t *testing.T) {
	t.Parallel()
	all := []string{"get", "list", "watch"}
	groups := []*restmapper.APIGroupResources{
		{
			Group: metav1.APIGroup{Name: "apps", PreferredVersion: metav1.GroupVersionForDiscovery{Version: "v1"}},
			VersionedResources: map[string][]metav1.APIResource{
				"v1": {
					{Name: "deployments", Kind: "Deployment", Namespaced: true, Verbs: all},
					{Name: "deployments/scale", Kind: "Scale", Namespaced: true, Verbs: []string{"get", "update"}},
				},
				"v1beta1": {{Name: "deployments", Kind: "Deployment", Namespaced: true, Verbs: all}},
			},
		},
		{
			Group: metav1.APIGroup{PreferredVersion: metav1.GroupVersionForDiscovery{Version: "v1"}},
			VersionedResources: map[string][]metav1.APIResource{"v1": {
				{Name: "nodes", Kind: "Node", Verbs: all},
				{Name: "bindings", Kind: "Binding", Namespaced: true, Verbs: []string{"create"}},
			}},
		},
	}
	var got []string
	for _, k := range listable(groups) {
		got = append(got, k.GVR().String())
	}
	if diff := cmp.Diff([]string{"/v1, Resource=nodes", "apps/v1, Resource=deployments"}, got); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

func TestRef(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	ref := RefOf(object("apps/v1", "Deployment", "demo", "web"))
	g.Expect(ref).To(gomega.Equal(Ref{Group: "apps", Kind: "Deployment", Namespace: "demo", Name: "web"}))
	g.Expect(ref.String()).To(gomega.Equal("Deployment/web"))
	g.Expect(ref.In("demo")).To(gomega.Equal("Deployment/web"))
	g.Expect(ref.In("other")).To(gomega.Equal("Deployment/demo/web"))
}
