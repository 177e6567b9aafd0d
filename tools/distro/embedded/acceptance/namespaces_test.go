package acceptance

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// deleteNamespace asks for the end of a namespace, which is not yet its end.
func deleteNamespace(t *testing.T, client kubernetes.Interface, name string) {
	t.Helper()
	if err := client.CoreV1().Namespaces().Delete(t.Context(), name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
}

func namespaceGone(t *testing.T, client kubernetes.Interface, name string) bool {
	t.Helper()
	_, err := client.CoreV1().Namespaces().Get(t.Context(), name, metav1.GetOptions{})
	return apierrors.IsNotFound(err)
}

func createNamespace(t *testing.T, client kubernetes.Interface, name string) {
	t.Helper()
	_, err := client.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

// Nothing of the old namespace may turn up in a new one of the same name, although both are
// there within a second, and controllers are at work in them all the time.
func TestANamespaceThatIsMadeAgainIsEmpty(t *testing.T) {
	p := launch(t)
	client := p.client(t)
	for range 5 {
		createNamespace(t, client, "again")
		deployment := map[string]any{
			"metadata": map[string]any{"name": "web"},
			"spec": map[string]any{
				"replicas": 3, "selector": map[string]any{"matchLabels": map[string]any{"app": "web"}},
				"template": map[string]any{
					"metadata": map[string]any{"labels": map[string]any{"app": "web"}},
					"spec":     map[string]any{"containers": []any{map[string]any{"name": "c", "image": "web"}}},
				},
			},
		}
		createFrom(t, client, "/apis/apps/v1/namespaces/again/deployments", deployment)
		createFrom(t, client, "/api/v1/namespaces/again/services", map[string]any{
			"metadata": map[string]any{"name": "web"},
			"spec":     map[string]any{"selector": map[string]any{"app": "web"}, "ports": []any{map[string]any{"port": 80}}},
		})
		// The end comes in the middle of the work, not after it.
		deleteNamespace(t, client, "again")
		eventually(t, "the namespace is gone", func() bool { return namespaceGone(t, client, "again") })
		createNamespace(t, client, "again")
		if found := contents(t, client, "again"); len(found) > 0 {
			t.Errorf("the new namespace has %q", found)
		}
		deleteNamespace(t, client, "again")
		eventually(t, "the namespace is gone", func() bool { return namespaceGone(t, client, "again") })
	}
	p.end(t)
}

// contents lists what is in a namespace, but for what every namespace gets.
func contents(t *testing.T, client kubernetes.Interface, namespace string) []string {
	t.Helper()
	var found []string
	for _, path := range []string{
		"/api/v1/namespaces/" + namespace + "/pods", "/api/v1/namespaces/" + namespace + "/services", "/api/v1/namespaces/" + namespace + "/events",
		"/apis/apps/v1/namespaces/" + namespace + "/deployments", "/apis/apps/v1/namespaces/" + namespace + "/replicasets",
		"/apis/discovery.k8s.io/v1/namespaces/" + namespace + "/endpointslices", "/api/v1/namespaces/" + namespace + "/endpoints",
	} {
		var list metav1.PartialObjectMetadataList
		if err := json.Unmarshal([]byte(get(t, client, path)), &list); err != nil {
			t.Fatal(err)
		}
		for i := range list.Items {
			found = append(found, path[strings.LastIndex(path, "/")+1:]+"/"+list.Items[i].Name)
		}
	}
	return found
}

// What holds a namespace back is told in its status, as on any cluster, and its end comes
// when that has gone.
func TestANamespaceWaitsForFinalizers(t *testing.T) {
	p := launch(t)
	client := p.client(t)
	createNamespace(t, client, "held")
	held := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "held", Finalizers: []string{"example.com/hold"}}}
	if _, err := client.CoreV1().ConfigMaps("held").Create(t.Context(), held, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	deleteNamespace(t, client, "held")
	eventually(t, "the namespace says what it waits for", func() bool {
		now, err := client.CoreV1().Namespaces().Get(t.Context(), "held", metav1.GetOptions{})
		return err == nil && now.Status.Phase == corev1.NamespaceTerminating &&
			slices.ContainsFunc(now.Status.Conditions, func(c corev1.NamespaceCondition) bool {
				return c.Type == corev1.NamespaceFinalizersRemaining && c.Status == corev1.ConditionTrue && strings.Contains(c.Message, "example.com/hold in 1 resource instances")
			})
	})
	if _, err := client.CoreV1().ConfigMaps("held").Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "late"}}, metav1.CreateOptions{}); !apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) {
		t.Errorf("creating something in it: %v", err)
	}
	release := []byte(`{"metadata": {"finalizers": null}}`)
	if _, err := client.CoreV1().ConfigMaps("held").Patch(t.Context(), "held", types.MergePatchType, release, metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the namespace is gone", func() bool { return namespaceGone(t, client, "held") })
	p.end(t)
}
