// Package walk takes random walks through the life of a Helm release, and holds what happens against package lifecycle after
// every step. A walk on which both part is shortened as far as it goes, and told as commands that anyone can paste.
package walk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/lifecycle"
)

// Walk is a sequence of operations on a release that is not there at first.
type Walk []lifecycle.Operation

// Cut tells whether a client is cut off on the walk.
func (w Walk) Cut() bool {
	return slices.ContainsFunc(w, func(o lifecycle.Operation) bool { return o.Cut != nil })
}

// Performer does operations for real, or as if.
type Performer interface {
	// Reset removes the release and everything that operations on it have left.
	Reset(ctx context.Context) error
	// Do does an operation; target is the revision that a rollback asks for, where 0 leaves it to Helm. The error is of what
	// keeps it from being done or looked at, and not that of the operation.
	Do(ctx context.Context, o lifecycle.Operation, target int) (Seen, error)
}

// Seen is what came of an operation.
type Seen struct {
	lifecycle.Outcome

	// Text is the operation's error in full, empty if it succeeded.
	Text string
	// Writes are those that the server got of a client that was cut off.
	Writes []fault.Write
	// Broken are laws of Helm's histories that the operation broke, as sentences.
	Broken []string
}

// Oracle says what may come of an operation; lifecycle.Model.Apply is one.
type Oracle func(lifecycle.State, lifecycle.Operation) []lifecycle.Outcome

// Step is an operation that was done.
type Step struct {
	Operation lifecycle.Operation
	// Target is the revision that a rollback asked for.
	Target int
	// Expected is what the model had it come to; of several outcomes the one that was seen, or the first if none was.
	Expected lifecycle.Outcome
	Seen     Seen
}

// Finding is a walk at whose last step what was seen is not what was expected.
type Finding struct {
	Steps []Step
	// Differences are what is otherwise, a line each.
	Differences []string
}

// Take does the operations of a walk until one comes to something else than the oracle says. It returns what was done, and a
// finding or nil.
func Take(ctx context.Context, w Walk, oracle Oracle, p Performer) ([]Step, *Finding, error) {
	if err := p.Reset(ctx); err != nil {
		return nil, nil, fmt.Errorf("making room for a walk: %w", err)
	}
	state := lifecycle.State{}
	var steps []Step
	for i, o := range w {
		step := Step{Operation: o, Target: o.Target(state)}
		possible := oracle(state, o)
		seen, err := p.Do(ctx, o, step.Target)
		if err != nil {
			return steps, nil, fmt.Errorf("operation %d of a walk, %s: %w", i+1, strings.Join(Arguments(o, step.Target, "demo"), " "), err)
		}
		step.Seen = seen
		var differences []string
		step.Expected, differences = nearest(possible, seen)
		steps = append(steps, step)
		if differences = append(differences, seen.Broken...); len(differences) > 0 {
			return steps, &Finding{Steps: steps, Differences: differences}, nil
		}
		state = step.Expected.State
	}
	return steps, nil, nil
}

// nearest is the outcome that was seen, or else the first one with what is otherwise.
func nearest(possible []lifecycle.Outcome, seen Seen) (expected lifecycle.Outcome, differences []string) {
	var first []string
	for i, outcome := range possible {
		found := differing(outcome, seen)
		if len(found) == 0 {
			return outcome, nil
		}
		if i == 0 {
			first = found
		}
	}
	if len(possible) > 1 {
		first = append(first, fmt.Sprintf("and so from all %d outcomes that are possible, of which this is the first", len(possible)))
	}
	return possible[0], first
}

func differing(want lifecycle.Outcome, seen Seen) []string {
	found := want.State.Differences(seen.State)
	if want.Cut != seen.Cut {
		return append(found, fmt.Sprintf("the operation: expected %s, seen: %s", cutOff(want), cutOff(seen.Outcome)))
	}
	if !want.Cut && want.Failure != seen.Failure {
		found = append(found, fmt.Sprintf("the operation: expected %s, seen: %s", end(want.Failure, ""), end(seen.Failure, seen.Text)))
	}
	return found
}

func cutOff(o lifecycle.Outcome) string {
	if o.Cut {
		return "the client to be cut off"
	}
	return "fewer writes than it takes to cut the client off"
}

func end(f lifecycle.Failure, text string) string {
	switch {
	case f == lifecycle.None:
		return "success"
	case text == "":
		return "the failure that " + string(f)
	default:
		return fmt.Sprintf("the failure that %s: %s", f, text)
	}
}
