package resilience

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/runid"
)

// newNamespace makes a namespace in the suite's cluster, which goes with the spec: a simulated node has room for a hundred pods.
// It is called as the caller wants, and returns its name.
func newNamespace(ctx SpecContext, meta metav1.ObjectMeta) string {
	GinkgoHelper()
	client, err := cluster.Connect(handle.Kubeconfig)
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(client.Close)
	meta.Labels = map[string]string{cluster.RunLabel: runid.Current().String()}
	made, err := client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: meta}, metav1.CreateOptions{})
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(func(ctx SpecContext) error {
		return client.CoreV1().Namespaces().Delete(ctx, made.Name, metav1.DeleteOptions{})
	})
	return made.Name
}
