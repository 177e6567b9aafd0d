package matcher

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"

	"seatrial/e2e/framework/ledger"
)

// RestoredMatcher compares ledgers and can be made stricter.
type RestoredMatcher struct {
	then    ledger.Ledger
	between []ledger.Ledger
	exact   bool
}

var _ types.GomegaMatcher = RestoredMatcher{}

// BeRestoredTo matches a ledger.Ledger in which every object has every field as it was then, and none is left over, as
// [ledger.Prove] has it. Objects that had to be made again, and values a server chose again, are shown but allowed.
//
//	Expect(ledger.Capture(ctx, cfg, request)).To(BeRestoredTo(revision1))
func BeRestoredTo(then ledger.Ledger) RestoredMatcher { return RestoredMatcher{then: then} }

// Through gives the ledgers of the revisions between. They tell whether an object that was made again had to be.
func (m RestoredMatcher) Through(between ...ledger.Ledger) RestoredMatcher {
	m.between = slices.Concat(m.between, between)
	return m
}

// Exactly demands the very same objects, with the same cluster IPs and node ports.
func (m RestoredMatcher) Exactly() RestoredMatcher {
	m.exact = true
	return m
}

// Match implements [types.GomegaMatcher].
func (m RestoredMatcher) Match(actual any) (bool, error) {
	now, err := take[ledger.Ledger](actual)
	if err != nil {
		return false, fmt.Errorf("expecting a restored state: %w", err)
	}
	return m.prove(now).Restored(), nil
}

// FailureMessage implements [types.GomegaMatcher].
func (m RestoredMatcher) FailureMessage(actual any) string {
	return m.message(actual, "to be restored")
}

// NegatedFailureMessage implements [types.GomegaMatcher].
func (m RestoredMatcher) NegatedFailureMessage(actual any) string {
	return m.message(actual, "not to be restored")
}

func (m RestoredMatcher) message(actual any, claim string) string {
	now, err := take[ledger.Ledger](actual)
	if err != nil {
		return err.Error()
	}
	if m.exact {
		claim += " exactly"
	}
	proof := strings.ReplaceAll(m.prove(now).String(), "\n", "\n  ")
	return fmt.Sprintf("Expected the state of %q %s:\n  %s", m.then.Namespace, claim, proof)
}

func (m RestoredMatcher) prove(now ledger.Ledger) ledger.Proof {
	proof := ledger.Prove(m.then, now, m.between...)
	if m.exact {
		return proof.Exact()
	}
	return proof
}
