package matcher

import (
	"fmt"
	"strconv"

	"github.com/onsi/gomega/types"

	"seatrial/e2e/framework/helm"
)

// Row is one expected line of a release's history. Empty fields are not compared.
type Row struct {
	Revision    int
	Status      helm.Status
	Chart       string
	Description string
}

// HaveHistory matches a []helm.Release that has exactly these rows, in this order.
//
//	Expect(client.History(ctx, "guestbook-demo")).To(HaveHistory(
//		Row{Revision: 1, Status: helm.StatusSuperseded, Description: "Install complete"},
//		Row{Revision: 2, Status: helm.StatusDeployed, Description: "Upgrade complete"},
//	))
func HaveHistory(rows ...Row) types.GomegaMatcher { return haveHistory{rows: rows} }

type haveHistory struct{ rows []Row }

// Match implements [types.GomegaMatcher].
func (m haveHistory) Match(actual any) (bool, error) {
	history, err := releases(actual)
	if err != nil {
		return false, err
	}
	_, wrong := m.table(history)
	return wrong == 0, nil
}

// FailureMessage implements [types.GomegaMatcher].
func (m haveHistory) FailureMessage(actual any) string {
	history, err := releases(actual)
	if err != nil {
		return err.Error()
	}
	t, wrong := m.table(history)
	return fmt.Sprintf("Expected a history of %d revisions, %d lines differ:\n%s", len(m.rows), wrong, t)
}

// NegatedFailureMessage implements [types.GomegaMatcher].
func (m haveHistory) NegatedFailureMessage(actual any) string {
	history, err := releases(actual)
	if err != nil {
		return err.Error()
	}
	t, _ := m.table(history)
	return fmt.Sprintf("Expected any other history than:\n%s", t)
}

// releases accepts what a history can be held in.
func releases(actual any) ([]helm.Release, error) {
	switch v := actual.(type) {
	case []helm.Release:
		return v, nil
	case []*helm.Release:
		all := make([]helm.Release, 0, len(v))
		for _, r := range v {
			all = append(all, *r)
		}
		return all, nil
	default:
		return nil, fmt.Errorf("expecting a history: the actual value is a %T, not a []helm.Release", actual)
	}
}

func (m haveHistory) table(history []helm.Release) (t table, wrong int) {
	t.header = []string{"REVISION", "STATUS", "CHART", "DESCRIPTION"}
	for i := range max(len(history), len(m.rows)) {
		cells, blamed := m.line(history, i)
		if blamed {
			wrong++
		}
		t.add(blamed, cells...)
	}
	return t, wrong
}

// line is the line of that index in the history, the expectation or both, and whether they differ.
func (m haveHistory) line(history []helm.Release, i int) (cells []string, differs bool) {
	if i >= len(m.rows) {
		return append(columns(history[i]), "[no such line expected]"), true
	}
	got := []string{"-", "-", "-", "-"}
	if i < len(history) {
		got = columns(history[i])
	}
	for j, want := range m.rows[i].cells() {
		cell := got[j]
		if want != "" && want != cell {
			cell, differs = fmt.Sprintf("%s [want %s]", cell, want), true
		}
		cells = append(cells, cell)
	}
	return cells, differs || i >= len(history)
}

func (r Row) cells() []string {
	revision := ""
	if r.Revision != 0 {
		revision = strconv.Itoa(r.Revision)
	}
	return []string{revision, string(r.Status), r.Chart, r.Description}
}

func columns(r helm.Release) []string {
	return []string{strconv.Itoa(r.Revision), string(r.Status), r.Chart(), r.Description}
}
