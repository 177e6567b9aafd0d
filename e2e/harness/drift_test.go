package harness

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/matcher"
)

// editor is the field manager under which kubectl edit writes.
const editor = "kubectl-edit"

var _ = Describe("A Deployment that somebody edits between an upgrade and a rollback", Label("ledger"), func() {
	var (
		b         *bench
		client    *helm.Client
		one, two  ledger.Ledger
		manifests []*unstructured.Unstructured
	)

	// settled waits for a revision and writes its ledger.
	settled := func(ctx context.Context, r *helm.Release) ledger.Ledger {
		GinkgoHelper()
		all, err := r.Objects()
		Expect(err).NotTo(HaveOccurred())
		Expect(b.ready(ctx, all...)).To(Succeed())
		manifests = all
		return captured(ctx, b, r, all)
	}

	BeforeEach(func(ctx SpecContext) {
		b = newBench(ctx)
		client = newHelm(helm.Options{Namespace: b.namespace})
		chart := loadChart("edited")
		installed, err := client.Install(ctx, "web", chart, nil)
		Expect(err).NotTo(HaveOccurred())
		one = settled(ctx, installed)
		upgraded, err := client.Upgrade(ctx, "web", chart, helm.Values{"colour": "red"})
		Expect(err).NotTo(HaveOccurred())
		two = settled(ctx, upgraded)
	})

	It("shows nothing before anybody has touched it, and is proven to be back after the rollback", func(ctx SpecContext) {
		Expect(ledger.Drift(one)).To(BeEmpty())
		Expect(ledger.Drift(two)).To(BeEmpty())
		Expect(two).NotTo(matcher.BeRestoredTo(one))

		back, err := client.Rollback(ctx, "web", 1)
		Expect(err).NotTo(HaveOccurred())
		three := settled(ctx, back)
		Expect(three).To(matcher.BeRestoredTo(one).Through(two))
		Expect(three.Version).NotTo(BeEmpty(), "it was read as it was at one moment")
		Expect(three.Torn).To(BeEmpty())
	})

	DescribeTable("shows exactly the edit, with who made it",
		func(ctx SpecContext, patch, field string, then, now any, by string, stays bool) {
			edit(ctx, b, patch)
			edition := ConsistOf(And(
				HaveField("Kind", ledger.Changed), HaveField("Object.Name", "web"), HaveField("Object.Kind", "Deployment"),
				HaveField("Field", field), HaveField("Then", then), HaveField("Now", now), HaveField("Manager", by),
			))
			// Controllers are still at work on the edit, and pods that end on their way are no part of it.
			Eventually(func(g Gomega) {
				edited := captured(ctx, b, status(ctx, client), manifests)
				g.Expect(ledger.Drift(edited)).To(edition)
				proof := ledger.Prove(two, edited)
				g.Expect(proof.Broken()).To(ConsistOf(HaveField("Differences", edition)), proof.String())
			}).WithContext(ctx).WithTimeout(readyTimeout).Should(Succeed())

			back, err := client.Rollback(ctx, "web", 1)
			Expect(err).NotTo(HaveOccurred())
			after := ledger.Prove(one, settled(ctx, back), two)
			if stays {
				Expect(after.Broken()).To(ConsistOf(HaveField("Differences", edition)), after.String())
			} else {
				Expect(after.Broken()).To(BeEmpty(), after.String())
			}
		},
		Entry("another image", `{"spec": {"template": {"spec": {"containers": [{"name": "redis", "image": "localhost/seatrial/redis:8"}]}}}}`,
			"spec.template.spec.containers[redis].image", "localhost/seatrial/redis:7", "localhost/seatrial/redis:8", editor, false),
		Entry("more replicas", `{"spec": {"replicas": 3}}`, "spec.replicas", int64(2), int64(3), editor, false),
		Entry("one more variable", `{"spec": {"template": {"spec": {"containers": [{"name": "redis", "env": [{"name": "EXTRA", "value": "1"}]}]}}}}`,
			"spec.template.spec.containers[redis].env[EXTRA]", BeNil(), map[string]any{"name": "EXTRA", "value": "1"}, editor, true),
		Entry("one more port", `{"spec": {"template": {"spec": {"containers": [{"name": "redis", "ports": [{"name": "metrics", "containerPort": 9121}]}]}}}}`,
			"spec.template.spec.containers[redis].ports[metrics]", BeNil(),
			map[string]any{"name": "metrics", "containerPort": int64(9121), "protocol": "TCP"}, editor, true),
		Entry("a label less, which nobody owns any more", `{"metadata": {"labels": {"tier": null}}}`,
			"metadata.labels.tier", "front", BeNil(), "", false),
	)

	It("keeps what is kept, leaves hooks to Helm, and tells no secret", func(ctx SpecContext) {
		Expect(one.Find("ConfigMap", "web-hook").Hook.Events).To(ConsistOf("post-install", "post-upgrade", "post-rollback"))
		Expect(one.Find("ConfigMap", "web-kept").Kept).To(Equal("helm.sh/resource-policy: keep"))
		text, err := one.JSON()
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).NotTo(Or(ContainSubstring("aquamarine"), ContainSubstring("YXF1YW1hcmluZQ")))

		Expect(client.Uninstall(ctx, "web")).To(Succeed())
		Eventually(b.pods).WithContext(ctx).WithTimeout(readyTimeout).Should(BeEmpty())
		left, err := ledger.Capture(ctx, b.config, ledger.Request{Namespace: b.namespace, Release: "web", Kinds: kindsOf(one)})
		Expect(err).NotTo(HaveOccurred())
		Expect(left.Objects).To(ConsistOf(HaveField("Name", "web-kept")))
		proof := ledger.Prove(ledger.Ledger{Namespace: b.namespace}, left)
		Expect(proof.Restored()).To(Equal(true), proof.String())
	})
})

// captured is the ledger of a release as it is now.
func captured(ctx context.Context, b *bench, r *helm.Release, all []*unstructured.Unstructured) ledger.Ledger {
	GinkgoHelper()
	hook := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap"}}
	hook.SetName("web-hook")
	hook.SetAnnotations(map[string]string{"helm.sh/hook": "post-install,post-upgrade,post-rollback"})
	l, err := ledger.CaptureWith(ctx, b.objects, ledger.Request{
		Namespace: b.namespace, Objects: all, Hooks: []*unstructured.Unstructured{hook},
		Record: &ledger.Record{
			Release: r.Name, Revision: r.Revision, Status: string(r.Status), Description: r.Description,
			Chart: r.Chart(), AppVersion: r.AppVersion, Values: r.Values, Manifest: r.Manifest, Updated: r.Updated,
		},
	})
	Expect(err).NotTo(HaveOccurred())
	return l
}

func status(ctx context.Context, client *helm.Client) *helm.Release {
	GinkgoHelper()
	now, err := client.Status(ctx, "web")
	Expect(err).NotTo(HaveOccurred())
	return now
}

func edit(ctx context.Context, b *bench, patch string) {
	GinkgoHelper()
	_, err := b.kube.AppsV1().Deployments(b.namespace).Patch(ctx, "web", types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{FieldManager: editor})
	Expect(err).NotTo(HaveOccurred())
}

func kindsOf(l ledger.Ledger) []schema.GroupKind {
	var all []schema.GroupKind
	for _, o := range l.Objects {
		all = append(all, o.GroupKind())
	}
	return all
}
