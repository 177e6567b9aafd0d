package regression

import (
	"testing"

	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
)

func TestTheLedgerOfAReleaseThatWasTakenAwayHasWhatIsLeft(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	claim := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": map[string]any{"name": "data", "namespace": "demo"},
	}}
	last := ledger.Ledger{
		Namespace: "demo", Record: &ledger.Record{Release: "web", Revision: 3, Status: "deployed", Description: "Rollback to 1"},
		Objects: []ledger.Object{{Ref: objects.RefOf(claim)}, {Ref: objects.Ref{Kind: "Service", Namespace: "demo", Name: "web"}}},
	}

	end := endOf(last, []*unstructured.Unstructured{claim})

	g.Expect(end.Record).To(gomega.Equal(&ledger.Record{Release: "web", Revision: 3, Status: "uninstalled"}))
	g.Expect(last.Record.Status).To(gomega.Equal("deployed"), "that one is as it was")
	told := ledger.Chronicle(last, *end)[1]
	g.Expect(told).To(gomega.HaveExactElements(
		gomega.HaveField("Turn", ledger.Stayed), gomega.HaveField("Turn", ledger.Went)))
	g.Expect(endOf(ledger.Ledger{}, nil)).To(gomega.BeNil(), "nothing was written down")
}

func TestWhatIsThereAnewAfterItWasDeletedIsNotWhatHelmLeft(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	role := func(uid string, managers ...any) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
			"metadata": map[string]any{"name": "all", "uid": uid, "managedFields": managers},
		}}
	}
	by := func(name string) any { return map[string]any{"manager": name} }
	w := &walk{states: []*state{{objects: []*unstructured.Unstructured{role("1")}}}}
	w.remember([]helm.Written{{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole", Name: "all", UID: "1"}})

	left := w.leftFinding(role("1", by("helm")))
	g.Expect(left).To(gomega.And(gomega.HaveField("Word", UninstallLeft), gomega.HaveField("Note", false), gomega.HaveField("Found", "the object")))
	filled := w.leftFinding(role("2", by("clusterrole-aggregation-controller")))
	g.Expect(filled).To(gomega.And(gomega.HaveField("Word", RemadeByCluster), gomega.HaveField("Note", true),
		gomega.HaveField("Found", "an object of its name, which clusterrole-aggregation-controller made when Helm had deleted it")))
	empty := w.leftFinding(role("2"))
	g.Expect(empty).To(gomega.And(gomega.HaveField("Word", RemadeByCluster), gomega.HaveField("Found", gomega.ContainSubstring("which a controller made"))))
	operated := w.leftFinding(role("2", by("operator")))
	g.Expect(operated).To(gomega.And(gomega.HaveField("Word", UninstallLeft), gomega.HaveField("Note", false),
		gomega.HaveField("Found", gomega.ContainSubstring("which operator made when Helm had deleted it"))))
}
