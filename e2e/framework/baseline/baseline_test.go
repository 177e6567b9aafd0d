package baseline

import (
	"testing"

	"github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic/fake"

	"seatrial/e2e/framework/objects"
)

func kinds() []objects.Kind {
	kind := func(group, kind, resource string, namespaced bool) objects.Kind {
		return objects.Kind{GroupVersionKind: schema.GroupVersionKind{Group: group, Version: "v1", Kind: kind}, Resource: resource, Namespaced: namespaced}
	}
	return []objects.Kind{
		kind("", "Namespace", "namespaces", false),
		kind("", "ConfigMap", "configmaps", true),
		kind("", "Event", "events", true),
		kind("", "Pod", "pods", true),
		kind("apps", "Deployment", "deployments", true),
		kind("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", false),
		kind("example.org", "Trial", "trials", true),
	}
}

// town is a cluster with a Deployment of its own.
type town struct {
	*gomega.WithT
	t      *testing.T
	client *fake.FakeDynamicClient
}

func newTown(t *testing.T) *town {
	t.Helper()
	names := map[schema.GroupVersionResource]string{}
	for _, kind := range kinds() {
		names[kind.GVR()] = kind.Kind + "List"
	}
	return &town{gomega.NewWithT(t), t, fake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), names)}
}

// add makes an object, "Kind namespace/name" or "Kind name", which another one may control.
func (c *town) add(kind, namespace, name, owner string) {
	c.t.Helper()
	for _, k := range kinds() {
		if k.Kind != kind {
			continue
		}
		u := &unstructured.Unstructured{}
		u.SetGroupVersionKind(k.GroupVersionKind)
		u.SetNamespace(namespace)
		u.SetName(name)
		u.SetUID(types.UID(kind + name))
		if owner != "" {
			yes := true
			u.SetOwnerReferences([]metav1.OwnerReference{{Kind: "any", Name: owner, UID: types.UID(owner), Controller: &yes}})
		}
		_, err := c.client.Resource(k.GVR()).Namespace(namespace).Create(c.t.Context(), u, metav1.CreateOptions{})
		c.Expect(err).ToNot(gomega.HaveOccurred())
	}
}

func (c *town) baseline() *Baseline {
	c.t.Helper()
	b := &Baseline{client: objects.New(c.client, nil, kinds()...), had: map[types.UID]bool{}}
	all, err := b.list(c.t.Context())
	c.Expect(err).ToNot(gomega.HaveOccurred())
	for _, one := range all {
		b.had[one.uid] = true
	}
	return b
}

func TestWhatCameIsTakenAwayInOrderAndWhatWasThereStays(t *testing.T) {
	c := newTown(t)
	c.add("Namespace", "", "default", "")
	c.add("Deployment", "default", "dns", "")
	b := c.baseline()
	c.add("Pod", "default", "dns-1", "Deploymentdns") // Its own Deployment has replaced a pod.
	c.add("Event", "default", "pulled", "")
	c.add("CustomResourceDefinition", "", "trials.example.org", "")
	c.add("Trial", "default", "first", "")
	c.add("ConfigMap", "default", "settings", "")
	c.add("Namespace", "", "helm-demo", "")

	removed, err := b.Clear(t.Context())
	c.Expect(err).ToNot(gomega.HaveOccurred())
	c.Expect(removed).To(gomega.Equal([]string{
		"Trial/default/first", "ConfigMap/default/settings", "Namespace/helm-demo", "CustomResourceDefinition/trials.example.org",
	}))
	left, err := b.list(t.Context())
	c.Expect(err).ToNot(gomega.HaveOccurred())
	c.Expect(left).To(gomega.HaveLen(3), "the namespace, the Deployment and its pod")
}

func TestWhatIsInANamespaceGoesWithIt(t *testing.T) {
	c := newTown(t)
	b := c.baseline()
	c.add("Namespace", "", "helm-demo", "")
	c.add("ConfigMap", "helm-demo", "settings", "")
	all, err := b.since(t.Context())
	c.Expect(err).ToNot(gomega.HaveOccurred())
	var with []string
	for _, one := range all {
		if within(one, all) {
			with = append(with, one.String())
		}
	}
	c.Expect(with).To(gomega.Equal([]string{"ConfigMap/helm-demo/settings"}))
}
