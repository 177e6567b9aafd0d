package charts

import (
	"context"
	"fmt"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	gomegatypes "github.com/onsi/gomega/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/regression"
)

// Somebody adds a variable to a Deployment by hand, after an upgrade and before the way back.
var _ = Describe("An edit by hand", func() {
	It("is found as exactly that edit, with its author", func(ctx SpecContext) {
		at := simulated(ctx)
		chart, err := regression.Load(ctx, filepath.Join("testdata", "list-element-left-right"), "", GinkgoT().TempDir())
		Expect(err).ToNot(HaveOccurred())
		options := on(at, "edit")
		subject := regression.Subject{Chart: chart}
		options.Revisions, err = subject.Revisions()
		Expect(err).ToNot(HaveOccurred())
		options.Revisions = options.Revisions[:2]
		options.Between = func(ctx context.Context, m regression.Moment) error {
			if len(m.Path.Steps) != 4 || m.Done != 1 {
				return nil // Only between the upgrade and the rollback of the path that has one of each.
			}
			return edit(ctx, m)
		}

		result, err := regression.Run(ctx, options)

		Expect(err).ToNot(HaveOccurred())
		found := errorsOf(result.Findings())
		Expect(found).ToNot(BeEmpty())
		Expect(found).To(HaveEach(SatisfyAll(
			HaveField("Word", regression.Drifted), HaveField("Object.String()", "Deployment/list-element-left-right"),
			HaveField("Field", "spec.template.spec.containers[redis].env"),
			HaveField("Found", ContainSubstring("BY_HAND")), HaveField("Found", ContainSubstring("set by kubectl-edit")),
		)), "%s", told(found))
	}, NodeTimeout(scenarioTimeout))
})

func edit(ctx context.Context, m regression.Moment) error {
	client, err := cluster.Connect(m.Kubeconfig)
	if err != nil {
		return err
	}
	defer client.Close()
	const patch = `{"spec":{"template":{"spec":{"containers":[{"name":"redis","env":[{"name":"BY_HAND","value":"yes"}]}]}}}}`
	_, err = client.AppsV1().Deployments(m.Namespace).Patch(ctx, m.Release, types.StrategicMergePatchType, []byte(patch),
		metav1.PatchOptions{FieldManager: "kubectl-edit"})
	return err
}

// An operator works on what the chart has made once it is there. Nobody says so to the one who tries the chart.
var _ = Describe("An operator that changes an installation after it has settled", func() {
	const (
		overwrites = `{"spec":{"template":{"spec":{"containers":[{"name":"redis","image":"localhost/seatrial/redis:8"}]}}}}`
		adds       = `{"metadata":{"annotations":{"operator.example/seen":"yes"}}}`
	)
	DescribeTable("is found as drift, with its name", func(ctx SpecContext, patch string, seen gomegatypes.GomegaMatcher) {
		at := simulated(ctx)
		chart, err := regression.Load(ctx, filepath.Join("testdata", "list-element-left-right"), "", GinkgoT().TempDir())
		Expect(err).ToNot(HaveOccurred())
		options := on(at, "operator")
		subject := regression.Subject{Chart: chart}
		options.Revisions, err = subject.Revisions()
		Expect(err).ToNot(HaveOccurred())
		options.Revisions = options.Revisions[:1]
		options.Select = func(p regression.Path) bool { return len(p.Steps) == 2 }
		var failed error
		options.Told = func(e regression.Event) {
			if e.Step != nil && e.Step.Step.Action == regression.Install {
				failed = operate(ctx, at.Kubeconfig, patch)
			}
		}

		result, err := regression.Run(ctx, options)

		Expect(err).ToNot(HaveOccurred())
		Expect(failed).ToNot(HaveOccurred())
		Expect(result.Findings()).To(ConsistOf(SatisfyAll(
			HaveField("Word", regression.Drifted), HaveField("Object.String()", "Deployment/list-element-left-right"),
			HaveField("Step", HavePrefix("install")), HaveField("Found", ContainSubstring("set by operator")), seen,
		)), "%s", told(result.Findings()))
	},
		Entry("a fault where it overwrites the chart", NodeTimeout(scenarioTimeout), overwrites, SatisfyAll(HaveField("Field", "spec.template.spec.containers[redis].image"), HaveField("Note", false))),
		Entry("a note where it adds to it", NodeTimeout(scenarioTimeout), adds, SatisfyAll(HaveField("Field", ContainSubstring("operator.example/seen")), HaveField("Note", true))))
})

// operate changes the one release that there is as an operator does, which looks through all namespaces.
func operate(ctx context.Context, kubeconfig, patch string) error {
	client, err := cluster.Connect(kubeconfig)
	if err != nil {
		return err
	}
	defer client.Close()
	const release = "list-element-left-right"
	all, err := client.AppsV1().Deployments(metav1.NamespaceAll).List(ctx, metav1.ListOptions{FieldSelector: "metadata.name=" + release})
	if err != nil || len(all.Items) != 1 {
		return fmt.Errorf("looking for the Deployment of the release: found %d: %w", len(all.Items), err)
	}
	_, err = client.AppsV1().Deployments(all.Items[0].Namespace).Patch(ctx, release, types.StrategicMergePatchType, []byte(patch),
		metav1.PatchOptions{FieldManager: "operator"})
	return err
}
