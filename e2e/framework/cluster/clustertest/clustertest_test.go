package clustertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/onsi/gomega"
)

func TestAFeatureIsHeldAgainstWhatWasSeen(t *testing.T) {
	g := gomega.NewWithT(t)
	absent := errors.New("there is none")
	g.Expect(told("volumes", true, nil)).To(gomega.Succeed())
	g.Expect(told("volumes", false, absent)).To(gomega.Succeed())
	g.Expect(told("volumes", true, absent)).To(gomega.MatchError("the feature volumes is promised: there is none"))
	g.Expect(told("volumes", false, nil)).To(gomega.MatchError("the feature volumes is there and was not promised"))
}

func TestAQuestionIsAskedUntilTheAnswerIsGood(t *testing.T) {
	g := gomega.NewWithT(t)
	asked := 0
	g.Expect(within(t.Context(), time.Minute, func(context.Context) error {
		asked++
		if asked < 3 {
			return errors.New("not yet")
		}
		return nil
	})).To(gomega.Succeed())
	g.Expect(asked).To(gomega.Equal(3))

	g.Expect(within(t.Context(), 3*interval/2, func(context.Context) error { return errors.New("not yet") })).To(
		gomega.MatchError("not within 150ms: not yet"), "the last answer is told")
}

func TestEveryCheckHasANameOfItsOwn(t *testing.T) {
	g := gomega.NewWithT(t)
	names := map[string]bool{}
	for _, check := range Contract() {
		g.Expect(names).ToNot(gomega.HaveKey(check.Name))
		g.Expect(check.Run).ToNot(gomega.BeNil())
		names[check.Name] = true
	}
}
