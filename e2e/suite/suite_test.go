package suite

import (
	"bytes"
	"testing"

	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"seatrial/e2e/framework"
)

func TestTheLastLinesSayWhatWasLeftOutAndWhy(t *testing.T) {
	g := gomega.NewWithT(t)
	spec := func(state types.SpecState, reason string) types.SpecReport {
		return types.SpecReport{LeafNodeType: types.NodeTypeIt, State: state, Failure: types.Failure{Message: reason}}
	}
	report := types.Report{SuiteDescription: "The workshop", SpecReports: types.SpecReports{
		spec(types.SpecStatePassed, ""), spec(types.SpecStatePassed, ""), spec(types.SpecStateFailed, "no such pod"),
		spec(types.SpecStateSkipped, "this cluster has no containers"), spec(types.SpecStateSkipped, "this cluster has no containers"),
		spec(types.SpecStateSkipped, ""),
		{LeafNodeType: types.NodeTypeBeforeAll, State: types.SpecStatePassed},
	}}
	var out bytes.Buffer

	Tell(&out, report, framework.Handle{Provider: "embedded", Kubernetes: "v1.37.2", Cluster: "one"})

	g.Expect(out.String()).To(gomega.Equal("\nThe workshop on provider embedded, Kubernetes v1.37.2, cluster one:\n2 passed, 1 failed, 3 skipped\n" +
		"  skipped 1: not selected\n  skipped 2: this cluster has no containers\n"))

	out.Reset()
	Tell(&out, types.Report{SuiteDescription: "The workshop"}, framework.Handle{})
	g.Expect(out.String()).To(gomega.Equal("\nThe workshop on no cluster:\n0 passed, 0 failed, 0 skipped\n"))
}
