package regression

import (
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/wait"
)

func TestWhatAWaitWaitedForInVainHasAName(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		unready wait.Unready
		want    Word
	}{
		{"a workload", wait.Unready{Reason: "0 of 1 replica available"}, NotSettled},
		{"an image", wait.Unready{Reason: `container "web" cannot start: ImagePullBackOff`}, ImageNotPulled},
		{"an object of another revision", wait.Unready{Reason: "still exists", Undeleted: true}, LeftOver},
		{"one that takes its time to go", wait.Unready{Reason: "being deleted"}, NotSettled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			test.unready.Object = objects.Ref{Kind: "Thing", Name: "web"}
			g.Expect(unsettled(&wait.FailedError{Report: wait.Report{Unready: []wait.Unready{test.unready}}})).
				To(gomega.ConsistOf(gomega.HaveField("Word", test.want)))
		})
	}
}
