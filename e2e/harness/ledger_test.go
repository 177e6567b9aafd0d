package harness

import (
	"context"
	"encoding/json"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/matcher"
)

var _ = Describe("The ledger of a revision", Label("ledger"), func() {
	var (
		b    *bench
		all  []*unstructured.Unstructured
		then ledger.Ledger
	)

	capture := func(ctx context.Context) ledger.Ledger {
		GinkgoHelper()
		l, err := ledger.Capture(ctx, b.config, ledger.Request{Namespace: b.namespace, Objects: all, Release: "story"})
		Expect(err).NotTo(HaveOccurred())
		return l
	}

	BeforeEach(func(ctx SpecContext) {
		b = newBench(ctx)
		all = b.create(ctx, redisDeployment, redisService)
		Expect(b.ready(ctx, all...)).To(Succeed())
		then = capture(ctx)
	})

	It("has the objects of the manifest and what they own, and stays the same while nothing changes", func(ctx SpecContext) {
		kinds := map[string]int{}
		for _, o := range then.Objects {
			kinds[o.Kind]++
		}
		Expect(kinds).To(Equal(map[string]int{"Deployment": 1, "ReplicaSet": 1, "Pod": 1, "Service": 1, "EndpointSlice": 1, "Endpoints": 1}))
		Expect(capture(ctx)).To(matcher.BeRestoredTo(then).Exactly())

		text, err := then.JSON()
		Expect(err).NotTo(HaveOccurred())
		read, err := ledger.Parse(text)
		Expect(err).NotTo(HaveOccurred())
		Expect(capture(ctx)).To(matcher.BeRestoredTo(read).Exactly())
	})

	It("finds a field that somebody changed by hand, until it is changed back", func(ctx SpecContext) {
		b.patch(ctx, all[1], `{"spec": {"ports": [{"port": 6379, "targetPort": 6380}]}}`)
		Expect(ledger.Compare(then, capture(ctx))).To(ContainElement(And(
			HaveField("Kind", ledger.Changed),
			HaveField("Pointer", "/spec/ports/0/targetPort"),
			HaveField("Field", "spec.ports[redis].targetPort"),
			HaveField("Then", "redis-server"),
			HaveField("Now", int64(6380)),
		)))
		Expect(capture(ctx)).NotTo(matcher.BeRestoredTo(then))

		b.patch(ctx, all[1], `{"spec": {"ports": [{"port": 6379, "targetPort": "redis-server"}]}}`)
		// The EndpointSlices follow when their controller has seen it.
		Eventually(capture).WithContext(ctx).WithTimeout(readyTimeout).Should(matcher.BeRestoredTo(then).Exactly())
	})

	It("finds a list element that a merge left behind, by its key", func(ctx SpecContext) {
		b.patch(ctx, all[1], `{"spec": {"ports": [{"name": "stale", "port": 6380, "targetPort": 6380}]}}`)
		found := ledger.Compare(then, capture(ctx))
		Expect(found).To(ContainElement(And(
			HaveField("Kind", ledger.Changed),
			HaveField("Field", "spec.ports[stale]"),
			HaveField("Then", BeNil()),
		)))
		Expect(found).NotTo(ContainElement(HaveField("Field", ContainSubstring("spec.ports[redis]"))), "the other port has only moved")
	})

	It("does not mind the order of what has names", func(ctx SpecContext) {
		b.patch(ctx, all[0], `{"spec": {"paused": true, "template": {"spec": {"containers": [{"name": "redis",
			"$setElementOrder/env": [{"name": "SIZE"}, {"name": "COLOUR"}]}]}}}}`)
		deployment, err := b.kube.AppsV1().Deployments(b.namespace).Get(ctx, "redis", metav1.GetOptions{})
		Expect(err).NotTo(HaveOccurred())
		Expect(deployment.Spec.Template.Spec.Containers[0].Env).To(HaveExactElements(HaveField("Name", "SIZE"), HaveField("Name", "COLOUR")))
		Expect(ledger.Compare(then, capture(ctx))).To(ConsistOf(HaveField("Field", "spec.paused")))
	})

	It("allows what had to be made again, and tells of it", func(ctx SpecContext) {
		b.remove(ctx, all...)
		Eventually(b.pods).WithContext(ctx).WithTimeout(readyTimeout).Should(BeEmpty())
		b.create(ctx, redisDeployment, redisService)
		Expect(b.ready(ctx, all...)).To(Succeed())

		now := capture(ctx)
		Expect(now).To(matcher.BeRestoredTo(then))
		Expect(now).NotTo(matcher.BeRestoredTo(then).Exactly())
		Expect(ledger.Compare(then, now)).To(ContainElements(
			And(HaveField("Kind", ledger.Recreated), HaveField("Object.Kind", "Pod")),
			And(HaveField("Kind", ledger.Recreated), HaveField("Object.Kind", "Service")),
			And(HaveField("Kind", ledger.Reallocated), HaveField("Field", "spec.clusterIP")),
			And(HaveField("Kind", ledger.Reallocated), HaveField("Field", "spec.ports[redis].nodePort")),
		))
	})

	It("finds what is missing and what is left over", func(ctx SpecContext) {
		b.remove(ctx, all[1])
		b.create(ctx, `
apiVersion: v1
kind: ConfigMap
metadata:
  name: forgotten
  labels: {app.kubernetes.io/managed-by: Helm}
  annotations: {meta.helm.sh/release-name: story, meta.helm.sh/release-namespace: `+b.namespace+`}
`)
		Expect(ledger.Compare(then, capture(ctx))).To(ContainElements(
			And(HaveField("Kind", ledger.Missing), HaveField("Object.Kind", "Service")),
			And(HaveField("Kind", ledger.LeftOver), HaveField("Object.Name", "forgotten")),
		))
	})

	It("is the same after a change was rolled back, but for what the roll back made again", func(ctx SpecContext) {
		b.patch(ctx, all[0], `{"spec": {"template": {"spec": {"containers": [{"name": "redis", "env": [{"name": "COLOUR", "value": "red"}]}]}}}}`)
		Expect(b.ready(ctx, all...)).To(Succeed())
		Expect(capture(ctx)).NotTo(matcher.BeRestoredTo(then))

		b.patch(ctx, all[0], `{"spec": {"template": {"spec": {"containers": [{"name": "redis", "env": [{"name": "COLOUR", "value": "blue"}]}]}}}}`)
		Expect(b.ready(ctx, all...)).To(Succeed())
		now := capture(ctx)
		Expect(now).To(matcher.BeRestoredTo(then))
		recreated, err := json.Marshal(ledger.Compare(then, now))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(recreated)).To(ContainSubstring(`"kind":"Pod"`))
	})
})
