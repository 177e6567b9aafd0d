package crash

import (
	"context"
	"fmt"

	"seatrial/e2e/framework/fault"
)

// moment is the time between two writes of an operation, when the server has done so many of them. A client can be cut off
// in it in two ways: when it has not heard of the last write, and when it has.
type moment struct {
	operation int // its place among all
	writes    []string
	plan      plan
	cuts      []fault.Cut
}

// momentsOf are those of all operations, in the order of time.
func momentsOf(operations []Operation) []moment {
	var all []moment
	for i, o := range operations {
		at := make([]moment, len(o.Writes)+1)
		for done := range at {
			at[done] = moment{operation: i, writes: o.Writes, plan: planOf(o.Action)}
		}
		for _, cut := range fault.Cuts(len(o.Writes)) {
			at[doneAt(cut)].cuts = append(at[doneAt(cut)].cuts, cut)
		}
		all = append(all, at...)
	}
	return all
}

// doneAt counts the writes that the server has done.
func doneAt(cut fault.Cut) int {
	if cut.Moment == fault.Before {
		return cut.Write - 1
	}
	return cut.Write
}

// unfinished is a state of which not all ways back were tried.
type unfinished struct {
	State

	untried []int // places in the plan
}

// exhaust crashes an operation at each point of a moment, and as often as it takes to try all ways back.
func (s *sweep) exhaust(ctx context.Context, m moment) ([]State, error) {
	var found []*unfinished
	for _, cut := range m.cuts {
		err := s.crash(ctx, m.plan, cut, func(ctx context.Context, r *room) error {
			left, err := s.leftIn(ctx, r, m.plan)
			if err != nil {
				return err
			}
			found = m.sort(found, cut, left)
			return s.try(ctx, r, m.plan, found[len(found)-1])
		})
		if err != nil {
			return nil, fmt.Errorf("%s killed %s: %w", m.plan.action, cut, err)
		}
	}
	var all []State
	for _, state := range found {
		if err := s.tryRest(ctx, m.plan, state); err != nil {
			return nil, fmt.Errorf("%s: %w", state.Point(), err)
		}
		all = append(all, state.State)
	}
	return all, nil
}

// sort puts a point to the last state that was found, or begins another one if what is left is not the same. As a rule, all
// points of a moment leave the same.
func (m moment) sort(found []*unfinished, cut fault.Cut, what left) []*unfinished {
	if len(found) == 0 || !found[len(found)-1].same(what) {
		found = append(found, m.begin(cut, what))
	}
	last := found[len(found)-1]
	last.Points = append(last.Points, cut)
	return found
}

func (m moment) begin(cut fault.Cut, found left) *unfinished {
	state := &unfinished{State: State{
		Action: m.plan.action, Done: doneAt(cut), Of: len(m.writes), History: found.history, Changed: found.changed, Changes: found.changes,
		Recoveries: make([]Recovery, len(m.plan.recovery)),
	}}
	if state.Done > 0 {
		state.Last = m.writes[state.Done-1]
	}
	for i := range m.plan.recovery {
		state.untried = append(state.untried, i)
	}
	return state
}

// tryRest makes the crash again until every way back was tried.
func (s *sweep) tryRest(ctx context.Context, p plan, state *unfinished) error {
	for len(state.untried) > 0 {
		cut := state.Points[len(state.untried)%len(state.Points)]
		err := s.crash(ctx, p, cut, func(ctx context.Context, r *room) error {
			again, err := s.leftIn(ctx, r, p)
			if err != nil {
				return err
			}
			if !state.same(again) {
				return fmt.Errorf("the same crash has left another state this time: %v, %d of %d objects changed", again.history, again.changed, again.changes)
			}
			return s.try(ctx, r, p, state)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// try tries ways back until one has changed something: after one that Helm has refused, the state is still the crash's own.
func (s *sweep) try(ctx context.Context, r *room, p plan, state *unfinished) error {
	for len(state.untried) > 0 {
		next := state.untried[0]
		made, err := r.back(ctx, p.recovery[next])
		if err != nil {
			return fmt.Errorf("%s: %w", p.recovery[next].name, err)
		}
		state.Recoveries[next], state.untried = made, state.untried[1:]
		if made.Outcome != Refused {
			return nil
		}
		after, err := s.leftIn(ctx, r, p)
		if err != nil {
			return err
		}
		if !state.same(after) {
			return nil
		}
	}
	return nil
}
