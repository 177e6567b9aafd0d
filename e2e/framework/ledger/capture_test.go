package ledger

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/api/meta/testrestmapper"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes/scheme"
	clienttesting "k8s.io/client-go/testing"

	"seatrial/e2e/framework/objects"
)

// release is what an API server has of a small release, and of its neighbours.
func release(t *testing.T) []runtime.Object {
	t.Helper()
	var all []runtime.Object
	for _, text := range []string{
		deploymentYAML,
		`{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-57, namespace: demo, uid: rs, ` +
			owned("Deployment", "web", "u1") + `}, spec: {replicas: 2}}`,
		`{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-31, namespace: demo, uid: old, ` +
			owned("Deployment", "web", "u1") + `}, spec: {replicas: 0}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: web-57-x, namespace: demo, uid: p, ` + owned("ReplicaSet", "web-57", "rs") + `}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: stranger, namespace: demo, uid: q, ` + owned("ReplicaSet", "other-1", "zz") + `}}`,
		`{apiVersion: v1, kind: ConfigMap, metadata: {name: kept, namespace: demo, uid: c1, labels: {app.kubernetes.io/managed-by: Helm}, ` +
			`annotations: {meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: demo}}}`,
		`{apiVersion: v1, kind: ConfigMap, metadata: {name: another, namespace: demo, uid: c2, labels: {app.kubernetes.io/managed-by: Helm}, ` +
			`annotations: {meta.helm.sh/release-name: other, meta.helm.sh/release-namespace: demo}}}`,
	} {
		all = append(all, read(t, text))
	}
	return all
}

func owned(kind, name, uid string) string {
	return "ownerReferences: [{apiVersion: apps/v1, kind: " + kind + ", name: " + name + ", uid: " + uid + ", controller: true}]"
}

// fakeClient is a fake: client-go's object tracker behind a dynamic client.
func fakeClient(content ...runtime.Object) (*objects.Client, *fake.FakeDynamicClient) {
	dyn := fake.NewSimpleDynamicClient(scheme.Scheme, content...)
	configMaps := objects.Kind{GroupVersionKind: schema.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}, Resource: "configmaps", Namespaced: true}
	return objects.New(dyn, testrestmapper.TestOnlyStaticRESTMapper(scheme.Scheme), configMaps), dyn
}

func manifest(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	return []*unstructured.Unstructured{
		read(t, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}"),
		read(t, "{apiVersion: v1, kind: Service, metadata: {name: never-made}}"),
	}
}

func TestCaptureFollowsOwners(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	client, _ := fakeClient(release(t)...)
	l, err := capture(t.Context(), client, Request{Namespace: "demo", Objects: manifest(t)})
	g.Expect(err).NotTo(gomega.HaveOccurred())
	if diff := cmp.Diff([]string{"Deployment/web", "Pod/web-57-x", "ReplicaSet/web-57"}, names(l)); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	pod := l.Find("Pod", "web-57-x")
	g.Expect(pod.Owner.String()).To(gomega.Equal("ReplicaSet/web-57"))
	g.Expect(pod.Root.String()).To(gomega.Equal("Deployment/web"))
	g.Expect(l.Find("Deployment", "web").Root).To(gomega.BeNil())
}

func TestCaptureFindsWhatAnotherRevisionLeftBehind(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	client, _ := fakeClient(release(t)...)
	l, err := capture(t.Context(), client, Request{Namespace: "demo", Objects: manifest(t), Release: "web"})
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(names(l)).To(gomega.ContainElement("ConfigMap/kept"))
	g.Expect(names(l)).NotTo(gomega.ContainElement("ConfigMap/another"))
}

func TestCaptureLooksForLeftoversOnlyAmongTheKindsItIsTold(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	for kind, leftover := range map[string]int{"ConfigMap": 1, "Secret": 0} {
		client, _ := fakeClient(release(t)...)
		l, err := capture(t.Context(), client, Request{
			Namespace: "demo", Objects: manifest(t), Release: "web", Kinds: []schema.GroupKind{{Kind: kind}},
		})
		g.Expect(err).NotTo(gomega.HaveOccurred())
		found := slices.DeleteFunc(names(l), func(name string) bool { return name != "ConfigMap/kept" })
		g.Expect(found).To(gomega.HaveLen(leftover), kind)
	}
}

func TestCaptureFailsWithTheKind(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	client, dyn := fakeClient(release(t)...)
	away := errors.New("etcd is away")
	dyn.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, away })
	_, err := capture(t.Context(), client, Request{Namespace: "demo", Objects: manifest(t)})
	g.Expect(err).To(gomega.MatchError(`listing "pods": etcd is away`))
}

func names(l Ledger) []string {
	var all []string
	for _, o := range l.Objects {
		all = append(all, o.String())
	}
	return all
}
