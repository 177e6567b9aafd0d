package charts

import (
	"context"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
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
