package regression

import (
	"context"
)

// prove writes the ledger of a revision and holds it against what it should be. It is read as of the moment at which the
// revision had settled, so that the next operation can begin meanwhile; where that cannot be done, prove waits.
func (w *walk) prove(ctx context.Context, step Step, before []*state, now *state) {
	at := w.step
	w.proofs.add(func() (err error) {
		if now.ledger, err = w.capture(ctx, before, now, now.version); err != nil {
			return err
		}
		if step.Action == Rollback {
			back := comparison{then: before[step.Back-1], now: now, between: before[step.Back:]}
			w.findAt(at, back.findings()...)
		}
		w.findAt(at, taken(now)...)
		return w.keepLedger(now)
	})
	if now.version == "" {
		_ = w.proofs.wait() // Whoever goes on will be told of a failure.
	}
}
