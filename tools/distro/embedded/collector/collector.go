// Package collector lets the garbage collector run as rarely as the work allows, and at rest as often as the memory asks for.
package collector

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// startLimit is where the collector sets in all the same: a start allocates half of it.
	startLimit = 1 << 30
	// restPercent trades a little CPU for memory: ten control planes fit on one machine.
	restPercent = 50
	settleAfter = time.Second

	// busyPercent is for when there is much to do: each collection goes through all that the caches hold.
	busyPercent = 400
	busyRate    = 32 << 20 // bytes allocated in a second
	lookEvery   = 500 * time.Millisecond
	quietLooks  = 6 // one after the other, until it is called rest
)

// Hurry turns the garbage collector off for the start, which allocates 300 MB of which most
// stays. Measured: ready 350 ms earlier. It has to come first in main.
func Hurry() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(startLimit)
}

// Settle turns the collector on again, and gives back what the start has used, once the
// first requests are through. Tidy is called before them, and once more after them. It goes
// on in the background until the context ends.
func Settle(ctx context.Context, tidy func()) {
	go func() {
		tidy()
		select {
		case <-time.After(settleAfter):
		case <-ctx.Done():
			return
		}
		tidy()
		debug.SetGCPercent(restPercent)
		debug.SetMemoryLimit(limit(available()))
		debug.FreeOSMemory()
		govern(ctx)
	}()
}

// govern lets the collector run more rarely as long as much is allocated, and gives back afterwards what that has used.
func govern(ctx context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	gone := allocated()
	load := load{}
	for {
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
		now := allocated()
		switch load.next(now - gone) {
		case grows:
			debug.SetGCPercent(busyPercent)
		case ends:
			debug.SetGCPercent(restPercent)
			debug.FreeOSMemory()
		case stays:
		}
		gone = now
	}
}

// allocated is how many bytes were allocated so far.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
