package main

import (
	"context"
	"errors"

	"seatrial/e2e/framework/chronicle"
	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/report"
)

// revisionsOf is what the ledgers of a release tell of its objects. The release is named where there can be several.
func revisionsOf(release string, ledgers []ledger.Ledger) []report.Revision {
	fates := map[ledger.Turn]report.Fate{
		ledger.Came: report.Came, ledger.Stayed: report.Kept, ledger.Altered: report.Changed, ledger.Went: report.Went, ledger.Returned: report.Returned,
	}
	var all []report.Revision
	for i, entries := range ledger.Chronicle(ledgers...) {
		revision := report.Revision{Release: release, Number: i + 1}
		if record := ledgers[i].Record; record != nil {
			revision.Number, revision.Status, revision.Description, revision.Chart = record.Revision, record.Status, record.Description, record.Chart
		}
		for _, entry := range entries {
			revision.Objects = append(revision.Objects, report.Object{Name: entry.Object.String(), Fate: fates[entry.Turn], Fields: entry.Fields})
		}
		all = append(all, revision)
	}
	return all
}

// witness sees what commands do to the releases of a cluster. That it has not seen something fails nothing, and is told as
// a note.
type witness struct {
	chronicle *chronicle.Chronicle // none if there is nothing to be seen
	missed    error
}

// newWitness begins to look at a cluster.
func newWitness(ctx context.Context, kubeconfig string) *witness {
	opened, err := chronicle.Open(ctx, kubeconfig)
	return &witness{chronicle: opened, missed: err}
}

// look writes down what is new.
func (w *witness) look(ctx context.Context) {
	if w.chronicle == nil || ctx.Err() != nil {
		return
	}
	if err := w.chronicle.Look(ctx); ctx.Err() == nil {
		w.missed = errors.Join(w.missed, err)
	}
}

// tell gives the revisions of each release that has changed since it was last told, and what was missed.
func (w *witness) tell() (revisions []report.Revision, notes []report.Finding) {
	if w.missed != nil {
		notes = []report.Finding{{Severity: report.Note, Text: "what became of the objects of a release is not in the report: " + w.missed.Error()}}
		w.missed = nil
	}
	if w.chronicle == nil {
		return nil, notes
	}
	for _, one := range w.chronicle.News() {
		revisions = append(revisions, revisionsOf(one.Name+" in "+one.Namespace, one.Ledgers)...)
	}
	return revisions, notes
}

// close ends it.
func (w *witness) close() {
	if w.chronicle != nil {
		w.chronicle.Close()
	}
}
