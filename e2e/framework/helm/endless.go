package helm

import (
	"context"
	"errors"
	"fmt"
	"runtime/metrics"
	"time"
)

// Limits of what templates may do. In this process they cannot be interrupted: whoever goes over a limit is left behind,
// and its caller is told. What is rendered by [Apart] first is ended there.
const (
	// RenderTimeout bounds the rendering of a chart's templates.
	RenderTimeout = 30 * time.Second
	// StopTimeout is how long after its end an operation may still be at its templates.
	StopTimeout = 30 * time.Second
	// MaxHeap bounds by how many bytes the memory of this process may grow meanwhile. When what was left behind takes twice
	// as much, the process ends, before the machine has none left.
	MaxHeap = 2 << 30
	// MaxMemory bounds the memory of a process that only renders, in bytes.
	MaxMemory = 2 << 30

	heapInterval = 50 * time.Millisecond
)

// ErrEndless tells that a chart's templates do not end, or make more than can be held. Unless it comes from [Apart],
// the program should end soon: they are still at work.
var ErrEndless = errors.New("the chart's templates loop, or make far too much")

// bounds are the limits.
type bounds struct {
	over <-chan struct{} // the time is over
	why  func() error
	stop time.Duration // what may be taken after that, to notice it
	heap uint64
}

// boundsOf are those of an operation.
func boundsOf(ctx context.Context) bounds {
	return bounds{over: ctx.Done(), why: func() error { return context.Cause(ctx) }, stop: StopTimeout, heap: MaxHeap}
}

// watched runs what may never end.
func watched[T any](b bounds, run func() (T, error)) (T, error) {
	type result struct {
		made T
		err  error
	}
	done := make(chan result, 1)
	ended := make(chan struct{})
	floor := heap() // Before it starts: it may take much at once.
	go func() {
		defer close(ended)
		made, err := run()
		done <- result{made, err}
	}()
	ticker := time.NewTicker(heapInterval)
	defer ticker.Stop()
	var (
		none T
		over = b.over
		last = time.NewTimer(0)
	)
	<-last.C
	defer last.Stop()
	for {
		select {
		case r := <-done:
			return r.made, r.err
		case <-over:
			over = nil
			last.Reset(b.stop)
		case <-last.C:
			go b.outlast(ended, floor)
			return none, fmt.Errorf("%w: they are still at work %s after %w", ErrEndless, b.stop, b.why())
		case <-ticker.C:
			if now := heap(); now > floor+b.heap {
				go b.outlast(ended, floor)
				return none, fmt.Errorf("%w: they have taken %d MiB of memory", ErrEndless, (now-floor)>>20)
			}
		}
	}
}

// outlast watches what was left behind, until it has ended. Nothing else can be done about one that goes on taking memory
// than to end the process: otherwise the system would, or another one in its place.
func (b bounds) outlast(ended <-chan struct{}, floor uint64) {
	ticker := time.NewTicker(heapInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ended:
			return
		case <-ticker.C:
			if now := heap(); now > floor+2*b.heap {
				panic(fmt.Sprintf("%v: left behind, they have taken %d MiB of memory by now: render the chart apart first", ErrEndless, (now-floor)>>20))
			}
		}
	}
}

// heap is how many bytes the objects of this process have.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
