package harness

import (
	"os"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/runid"
	"seatrial/e2e/framework/wait"
	"seatrial/e2e/suite"
)

// handle is the cluster of this run, the same one for all parallel processes.
var handle framework.Handle

func TestHarness(t *testing.T) { suite.Run(t, "harness", "The framework") }

var _ = SynchronizedBeforeSuite(
	func(ctx SpecContext) []byte { return suite.BringUp(ctx, "harness") },
	func(_ SpecContext, data []byte) { handle = suite.Join(data) },
	NodeTimeout(framework.OpenTimeout))

var _ = ReportAfterEach(func(_ SpecContext, report SpecReport) { suite.Note(report, handle.Artifacts) })

var _ = ReportAfterSuite("where it ran", func(_ SpecContext, report Report) { suite.Tell(os.Stdout, report, handle) })

// kubeconfig gives full access to the cluster of this run.
func kubeconfig() string { return handle.Kubeconfig }

// nodeImage is the one that was prepared.
func nodeImage() string { return handle.Assets.NodeImage }

// needs skips a spec where the cluster of this run lacks what it is about.
func needs(features cluster.Features) {
	GinkgoHelper()
	if missing := handle.Features.Missing(features); len(missing) > 0 {
		Skip("this cluster has no " + strings.Join(missing, ", no "))
	}
}

// newNamespace makes a namespace for one spec, which goes with it.
func newNamespace(ctx SpecContext) string {
	GinkgoHelper()
	return newNamespaceAt(ctx, handle)
}

func newNamespaceAt(ctx SpecContext, on framework.Handle) string {
	GinkgoHelper()
	config, err := cluster.LoadRESTConfig(on.Kubeconfig)
	Expect(err).ToNot(HaveOccurred())
	client, err := kubernetes.NewForConfig(config)
	Expect(err).ToNot(HaveOccurred())
	ours := map[string]string{cluster.RunLabel: runid.Current().String()}
	wanted := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "spec-", Labels: ours}}
	namespace, err := client.CoreV1().Namespaces().Create(ctx, wanted, metav1.CreateOptions{})
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(func(ctx SpecContext) error {
		return client.CoreV1().Namespaces().Delete(ctx, namespace.Name, metav1.DeleteOptions{})
	})
	Expect(wait.DefaultServiceAccount(ctx, config, namespace.Name, wait.DefaultTimeout)).To(Succeed())
	return namespace.Name
}
