package matcher

import (
	"fmt"
	"strconv"

	"github.com/onsi/gomega/types"

	"seatrial/e2e/framework/history"
)

// KeepTheLaws matches a history.Transition that Helm could have made: see [history.Laws].
//
//	Expect(history.Transition{Before: before, After: after, Action: history.Upgrade}).To(KeepTheLaws())
func KeepTheLaws() types.GomegaMatcher { return keepTheLaws{} }

type keepTheLaws struct{}

// Match implements [types.GomegaMatcher].
func (keepTheLaws) Match(actual any) (bool, error) {
	transition, err := take[history.Transition](actual)
	if err != nil {
		return false, fmt.Errorf("expecting a history that keeps the laws: %w", err)
	}
	return len(history.Check(transition)) == 0, nil
}

// FailureMessage implements [types.GomegaMatcher].
func (keepTheLaws) FailureMessage(actual any) string {
	transition, err := take[history.Transition](actual)
	if err != nil {
		return err.Error()
	}
	broken := history.Check(transition)
	wrong := map[int]bool{}
	violations := table{header: []string{"REVISION", "LAW", "EXPECTED", "SEEN"}}
	for _, v := range broken {
		wrong[v.Revision] = true
		violations.add(true, revisionCell(v.Revision), v.Law, v.Expected, v.Seen)
	}
	return fmt.Sprintf("Expected the history after this %s to keep Helm's laws, %d times it does not:\n%s\nThe history:\n%s",
		transition.Action, len(broken), violations, historyTable(transition, wrong))
}

// NegatedFailureMessage implements [types.GomegaMatcher].
func (keepTheLaws) NegatedFailureMessage(actual any) string {
	transition, err := take[history.Transition](actual)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("Expected the history after this %s to break a law of Helm's, it keeps all:\n%s",
		transition.Action, historyTable(transition, nil))
}

func revisionCell(revision int) string {
	if revision == 0 {
		return "-"
	}
	return strconv.Itoa(revision)
}

func historyTable(transition history.Transition, wrong map[int]bool) table {
	t := table{header: []string{"REVISION", "STATUS", "CHART", "DESCRIPTION"}}
	for _, r := range transition.After {
		t.add(wrong[r.Revision], columns(r)...)
	}
	return t
}
