package ledger

import (
	"testing"

	"github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic/fake"
	clienttesting "k8s.io/client-go/testing"

	"seatrial/e2e/framework/objects"
)

// lists are the options of the lists that a client was asked for, by resource.
func lists(t *testing.T, dyn *fake.FakeDynamicClient) map[string][]metav1.ListOptions {
	t.Helper()
	all := map[string][]metav1.ListOptions{}
	for _, action := range dyn.Actions() {
		list, ok := action.(clienttesting.ListActionImpl)
		if !ok {
			t.Fatalf("asked for something else than a list: %v", action)
		}
		all[list.GetResource().Resource] = append(all[list.GetResource().Resource], list.GetListOptions())
	}
	return all
}

func TestCaptureListsAKindOfTheNamespaceOnce(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	client, dyn := fakeClient(release(t)...)
	l, err := capture(t.Context(), client, Request{
		Namespace: "demo", Objects: manifest(t), Release: "web", Kinds: []schema.GroupKind{{Kind: "ConfigMap"}},
		Also: []objects.Ref{{Kind: "ConfigMap", Namespace: "demo", Name: "another"}, {Kind: "ConfigMap", Namespace: "demo", Name: "never-made"}},
	})
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(names(l)).To(gomega.ContainElements("ConfigMap/kept", "ConfigMap/another"))
	for resource, options := range lists(t, dyn) {
		g.Expect(options).To(gomega.HaveLen(1), resource)
	}
}

func TestCaptureReadsEverythingAsItWasAtAVersion(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	client, dyn := fakeClient(release(t)...)
	l, err := capture(t.Context(), client, Request{Namespace: "demo", Objects: manifest(t), Version: "41"})
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(l.Version).To(gomega.Equal("41"))
	asked := lists(t, dyn)
	g.Expect(asked).To(gomega.HaveKey("pods"))
	for resource, options := range asked {
		g.Expect(options).To(gomega.HaveEach(gomega.And(
			gomega.HaveField("ResourceVersion", "41"), gomega.HaveField("ResourceVersionMatch", metav1.ResourceVersionMatchExact),
		)), resource)
	}
}

func TestCaptureLooksForLeftoversInOtherNamespacesThatARevisionHad(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	left := read(t, `{apiVersion: v1, kind: ConfigMap, metadata: {name: left, namespace: side, uid: c3, labels: {app.kubernetes.io/managed-by: Helm}, `+
		`annotations: {meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: demo}}}`)
	for namespace, found := range map[string]bool{"side": true, "elsewhere": false} {
		client, _ := fakeClient(append(release(t), left.DeepCopy())...)
		l, err := capture(t.Context(), client, Request{
			Namespace: "demo", Objects: manifest(t), Release: "web", Kinds: []schema.GroupKind{{Kind: "ConfigMap"}},
			Also: []objects.Ref{{Kind: "Secret", Namespace: namespace, Name: "other"}},
		})
		g.Expect(err).NotTo(gomega.HaveOccurred())
		if found {
			g.Expect(names(l)).To(gomega.ContainElement("ConfigMap/left"))
		} else {
			g.Expect(names(l)).NotTo(gomega.ContainElement("ConfigMap/left"))
		}
	}
}
