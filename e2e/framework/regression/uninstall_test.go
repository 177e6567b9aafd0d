package regression

import (
	"testing"

	"github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

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
