package matcher

import (
	"fmt"
	"slices"

	"github.com/onsi/gomega/types"

	"seatrial/e2e/framework/ledger"
)

// RestoredMatcher compares ledgers and can be made stricter.
type RestoredMatcher struct {
	then  ledger.Ledger
	exact bool
}

var _ types.GomegaMatcher = RestoredMatcher{}

// BeRestoredTo matches a ledger.Ledger in which every object has every field as it was then, and none is left over.
// Objects that had to be made again, and values a server chose again, are shown but allowed.
//
//	Expect(ledger.Capture(ctx, cfg, request)).To(BeRestoredTo(revision1))
func BeRestoredTo(then ledger.Ledger) RestoredMatcher { return RestoredMatcher{then: then} }

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
	return !slices.ContainsFunc(ledger.Compare(m.then, now), m.breaks), nil
}

// FailureMessage implements [types.GomegaMatcher].
func (m RestoredMatcher) FailureMessage(actual any) string {
	return m.message(actual, "Expected the state of %q to be restored%s, %d of %d differences break that:\n%s")
}

// NegatedFailureMessage implements [types.GomegaMatcher].
func (m RestoredMatcher) NegatedFailureMessage(actual any) string {
	return m.message(actual, "Expected the state of %q not to be restored%s, %d of %d differences break that:\n%s")
}

func (m RestoredMatcher) message(actual any, format string) string {
	now, err := take[ledger.Ledger](actual)
	if err != nil {
		return err.Error()
	}
	differences := ledger.Compare(m.then, now)
	t := table{header: []string{"OBJECT", "WHAT", "THEN", "NOW"}}
	breaking := 0
	for _, d := range differences {
		if m.breaks(d) {
			breaking++
		}
		t.add(m.breaks(d), restoredCells(d)...)
	}
	exactly := ""
	if m.exact {
		exactly = " exactly"
	}
	return fmt.Sprintf(format, m.then.Namespace, exactly, breaking, len(differences), t)
}

func (m RestoredMatcher) breaks(d ledger.Difference) bool { return m.exact || d.Breaks() }

func restoredCells(d ledger.Difference) []string {
	object := d.Object.String()
	switch d.Kind {
	case ledger.Missing:
		return []string{object, "the object", "there", "missing"}
	case ledger.LeftOver:
		return []string{object, "the object", "absent", "left over"}
	case ledger.Recreated:
		return []string{object, "uid", fmt.Sprint(d.Then), fmt.Sprint(d.Now)}
	case ledger.Changed, ledger.Reallocated:
		return []string{object, d.Field, ledger.Text(d.Then), ledger.Text(d.Now)}
	default:
		return []string{object, string(d.Kind), ledger.Text(d.Then), ledger.Text(d.Now)}
	}
}
