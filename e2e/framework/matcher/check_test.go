package matcher

import (
	"testing"

	"github.com/onsi/gomega"
)

func TestCheckIsSilentWhenTheMatcherAgrees(t *testing.T) {
	gomega.NewWithT(t).Expect(Check(3, gomega.Equal(3))).To(gomega.Succeed())
}

func TestCheckSaysWhatTheMatcherWouldHaveSaid(t *testing.T) {
	g := gomega.NewWithT(t)
	disagreeing := gomega.Equal(3)
	err := Check(4, disagreeing)
	g.Expect(err).To(gomega.MatchError(disagreeing.FailureMessage(4)))
}

// A matcher that cannot decide has not agreed.
func TestCheckPassesOnWhatKeptTheMatcherFromDeciding(t *testing.T) {
	g := gomega.NewWithT(t)
	err := Check("no number", gomega.BeNumerically(">", 3))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("Expected a number")))
}
