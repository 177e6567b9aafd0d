package embedded

import (
	"context"
	"runtime/debug"
	"time"
)

const (
	// startLimit is where the collector sets in all the same: a start allocates half of it.
	startLimit = 1 << 30
	// restPercent trades a little CPU for memory: ten control planes fit on one machine.
	restPercent = 50
	settleAfter = time.Second
)

// Hurry turns the garbage collector off for the start, which allocates 300 MB of which most
// stays. Measured: ready 350 ms earlier. It has to come first in main.
func Hurry() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(startLimit)
}

// settle turns the collector on again, and gives back what the start has used, once the
// first requests are through. Tidy is called before them, and once more after them.
func settle(ctx context.Context, tidy func()) {
	go func() {
		tidy()
		select {
		case <-time.After(settleAfter):
		case <-ctx.Done():
			return
		}
		tidy()
		debug.SetGCPercent(restPercent)
		debug.FreeOSMemory()
	}()
}
