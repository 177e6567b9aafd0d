package walk

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"
)

// Explored is what came of many walks.
type Explored struct {
	// Walks and Operations are how many were taken and done, those of shortening included.
	Walks, Operations int
	// Finding is the shortest walk found on which model and performer part; nil if they never did.
	Finding *Finding
	// Notes are what rapid says of a failure: how to repeat it, or that it could not be repeated.
	Notes string
}

// Explore takes random walks with each of the performers, side by side: as many as rapid is told to (-rapid.checks, or
// RAPID_CHECKS in the environment; 100 unless told otherwise). A walk on which what is seen is not what the oracle says is
// shortened as long as it still shows that, and ends them all. The name is that under which rapid keeps the walk in
// testdata/rapid, to try it first the next time. The error is of what kept somebody from walking.
func Explore(ctx context.Context, name string, oracle Oracle, c Choices, performers ...Performer) (Explored, error) {
	walking, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var (
		group errgroup.Group
		mu    sync.Mutex
		sum   Explored
	)
	for _, p := range performers {
		group.Go(func() error {
			one, err := explore(walking, name, oracle, c, p)
			mu.Lock()
			defer mu.Unlock()
			sum.Walks += one.Walks
			sum.Operations += one.Operations
			switch {
			case errors.Is(context.Cause(walking), errFound):
				return nil // Somebody else was first.
			case one.Finding != nil && err == nil:
				sum.Finding, sum.Notes = one.Finding, one.Notes
				stop(errFound)
			case err != nil:
				stop(err)
			}
			return err
		})
	}
	return sum, group.Wait()
}

// shortenings are how many shorter walks rapid tries. It is good at leaving out many operations at once; the rest is for
// shorten, which needs fewer walks for it.
const shortenings = 80

// errFound ends the walks of all others.
var errFound = errors.New("a walk has shown a difference")

// explorer takes the walks of one performer.
type explorer struct {
	oracle    Oracle
	choices   Choices
	performer Performer

	Explored
	// enough walks have been taken when there are so many of them.
	enough int
	failed error
}

func explore(ctx context.Context, name string, oracle Oracle, c Choices, p Performer) (Explored, error) {
	e := &explorer{oracle: oracle, choices: c, performer: p, enough: c.Walks}
	tb := &recorder{name: name}
	tb.run(func() { rapid.Check(tb, func(t *rapid.T) { e.walk(ctx, t) }) })
	if e.failed != nil {
		return e.Explored, e.failed
	}
	if tb.failed && e.Finding == nil {
		return e.Explored, fmt.Errorf("taking random walks: %s", tb.text())
	}
	if e.Finding == nil {
		return e.Explored, nil
	}
	e.Notes = tb.text()
	operations, shortest, err := shorten(ctx, e.Finding, oracle, p)
	e.Operations += operations
	e.Finding = shortest
	return e.Explored, err
}

// walk takes one walk, or none if there were enough of them.
func (e *explorer) walk(ctx context.Context, t *rapid.T) {
	if e.enough > 0 && e.Walks >= e.enough {
		return
	}
	done, found, err := Take(ctx, e.choices.draw(t, e.oracle), e.oracle, e.performer)
	e.Walks++
	e.Operations += len(done)
	if err != nil {
		e.failed = err
		t.Fatalf("the walk could not be taken")
	}
	if found == nil {
		return
	}
	if e.Finding == nil {
		e.enough = e.Walks + shortenings
	}
	e.Finding = found
	t.Fatalf("what was seen is not what was expected")
}
