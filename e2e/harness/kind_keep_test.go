package harness

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework/cluster"
)

var _ = Describe("A kept kind cluster", Label("kind", "slow"), Ordered, func() {
	var (
		home *kindHome
		spec cluster.Spec
		c    cluster.Cluster
		uid  string
	)

	// takeOver creates the same cluster again and tells how long that took.
	takeOver := func(ctx SpecContext) time.Duration {
		GinkgoHelper()
		home.forget()
		start := time.Now()
		var err error
		c, err = home.provider.Create(ctx, home.spec(spec))
		Expect(err).ToNot(HaveOccurred())
		return time.Since(start)
	}
	// identity is the same for as long as the cluster is.
	identity := func(ctx SpecContext) string {
		GinkgoHelper()
		namespace, err := clientOf(c).CoreV1().Namespaces().Get(ctx, metav1.NamespaceSystem, metav1.GetOptions{})
		Expect(err).ToNot(HaveOccurred())
		return string(namespace.UID)
	}

	BeforeAll(func(ctx SpecContext) {
		home = newKindHome(ctx)
		spec = cluster.Spec{Name: "harness", Keep: true, Images: []string{smallArchive("kept")}}
		c = home.create(ctx, spec)
		uid = identity(ctx)
	}, NodeTimeout(kindTimeout))

	It("is taken over as it is", func(ctx SpecContext) {
		AddReportEntry("taken over in", takeOver(ctx).String())
		Expect(identity(ctx)).To(Equal(uid))
		Expect(home.lines()).To(ConsistOf("taking over kept cluster seatrial-keep-harness", "waiting until the cluster is ready"))
	}, SpecTimeout(kindGoneTimeout))

	It("survives a sweep", func(ctx SpecContext) {
		Expect(home.provider.Sweep(ctx)).ToNot(ContainElement(c.Name()))
		Expect(identity(ctx)).To(Equal(uid))
	}, SpecTimeout(kindGoneTimeout))

	It("is started again after the engine was", func(ctx SpecContext) {
		home.run(ctx, "kill", c.Name()+"-control-plane")
		AddReportEntry("started again in", takeOver(ctx).String())
		Expect(home.lines()).To(ContainElement("starting kept cluster seatrial-keep-harness again"))
		Expect(identity(ctx)).To(Equal(uid))
	}, SpecTimeout(kindTimeout))

	It("is made anew when it does not work any more", func(ctx SpecContext) {
		home.run(ctx, "exec", c.Name()+"-control-plane", "rm", "/etc/kubernetes/manifests/kube-apiserver.yaml")
		Eventually(func() error {
			_, err := clientOf(c).Discovery().ServerVersion()
			return err
		}).WithContext(ctx).WithTimeout(kindGoneTimeout).ShouldNot(Succeed())

		takeOver(ctx)
		Expect(home.lines()).To(ContainElement(HavePrefix("kept cluster seatrial-keep-harness is made anew: waiting for the API server")))
		Expect(identity(ctx)).ToNot(Equal(uid))
	}, SpecTimeout(kindTimeout))

	It("goes when it is deleted", func(ctx SpecContext) {
		Expect(c.Delete(ctx)).To(Succeed())
		Expect(home.remains(ctx, c.Name())).To(BeEmpty())
	}, SpecTimeout(kindGoneTimeout))
})
