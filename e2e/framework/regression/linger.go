package regression

import (
	"context"
	"slices"
	"strings"

	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/retry"
)

// linger leaves a fresh installation alone for a while, and looks who has changed it since it had settled: an operator, or a
// program that the chart itself brings. Once for each revision is enough, as it is with what is rendered anew.
func (w *walk) linger(ctx context.Context) error {
	if len(w.path.Steps) > 2 {
		return nil
	}
	// The ledger of the installation has to be there, and whoever looks on has to know that it has settled.
	if err := w.proofs.wait(); err != nil {
		return err
	}
	if w.run.Linger > 0 && !retry.Pause(ctx, w.run.Linger) {
		return context.Cause(ctx)
	}
	last := w.states[len(w.states)-1]
	now, err := w.capture(ctx, w.states, last, "")
	if err != nil {
		return err
	}
	settled := len(w.states) - 1
	w.findAt(place{settled, describe(w.path.Steps[settled], w.run.names())}, edited(last.ledger, now)...)
	return nil
}

// edited are the changes that somebody made while nobody worked on the release. A value that the manifest has is the
// chart's, and whoever overwrites it is found; what is set beside it, such as the certificate that a Job puts into a
// webhook, is only told.
func edited(then, now ledger.Ledger) []Finding {
	var found []Finding
	for _, f := range drifted(then, now) {
		if goes := f.Word == Missing || strings.HasPrefix(f.Field, "metadata."); goes && mortal(entry(then, f.Object)) {
			continue // Its time is over.
		}
		f.Note = f.Note || f.Word == Drifted && !overwrites(now, f)
		found = append(found, f)
	}
	return found
}

// overwrites tells whether a finding is about a value of the manifest. An empty value is a place that was left for somebody.
func overwrites(now ledger.Ledger, f Finding) bool {
	return slices.ContainsFunc(ledger.Drift(now), func(d ledger.Difference) bool {
		return d.Object == f.Object && !vacant(d.Then) && within(d.Field, f.Field)
	})
}

// vacant tells whether a manifest has no value, or only a place for one.
func vacant(value any) bool {
	return value == nil || slices.Contains([]string{`""`, "{}", "[]"}, ledger.Text(value))
}

// within tells whether one field is the other or a part of it.
func within(part, whole string) bool {
	rest, begins := strings.CutPrefix(part, whole)
	return begins && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// mortal tells whether an object is one that the cluster itself takes away when its time is over, so that it may be gone, or
// there anew, without anybody's doing.
func mortal(o *ledger.Object) bool { return o != nil && passing(o.Ref, o.Manifest) }

// passing tells it of what a manifest has.
func passing(ref objects.Ref, manifest map[string]any) bool {
	_, limited := objects.TimeToLive(ref, manifest)
	return limited
}
