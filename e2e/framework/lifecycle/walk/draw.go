package walk

import (
	"pgregory.net/rapid"

	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/lifecycle"
)

// Choices say what walks are made of.
type Choices struct {
	// Longest is how many operations a walk has at most; it has half of that on average. 0 means 24.
	Longest int
	// Walks is how many are taken by each performer; 0 leaves that to rapid.
	Walks int
	// NoCuts leaves out clients that are cut off in the middle.
	NoCuts bool
}

const (
	longest = 24
	parts   = 3
)

// draw makes a walk up. What comes first in a list is what a walk is shortened to.
func (c Choices) draw(t *rapid.T, oracle Oracle) Walk {
	if c.Longest == 0 {
		c.Longest = longest
	}
	// The state is only there to draw operations that make sense: it is the first of what is possible.
	state := lifecycle.State{}
	operations := rapid.Custom(func(t *rapid.T) lifecycle.Operation {
		o := c.operation(t, state)
		state = oracle(state, o)[0].State
		return o
	})
	// Several parts, as rapid makes no part long. None has to have anything, so that each can be shortened.
	var w Walk
	for range parts {
		w = append(w, rapid.SliceOfN(operations, 0, c.Longest/parts).Draw(t, "operations")...)
	}
	return w
}

func (c Choices) operation(t *rapid.T, s lifecycle.State) lifecycle.Operation {
	verbs := []lifecycle.Verb{install, install, install, install, install, upgrade, rollback, takeDown}
	if s.Exists() {
		verbs = []lifecycle.Verb{install, upgrade, upgrade, upgrade, upgrade, upgrade, rollback, rollback, rollback, takeDown}
	}
	o := lifecycle.Operation{Verb: rapid.SampledFrom(verbs).Draw(t, "verb")}
	switch o.Verb {
	case install:
		o.Values = drawValues(t)
		o.Atomic, o.Replace, o.Force = seldom(t, "atomic"), seldom(t, "replace"), rarely(t, "force")
	case upgrade:
		if !rarely(t, "without values") {
			o.Values = drawValues(t)
		}
		o.Atomic, o.CleanupOnFail, o.Force = seldom(t, "atomic"), seldom(t, "cleanup on fail"), rarely(t, "force")
	case rollback:
		o.Back = rapid.IntRange(0, 5).Draw(t, "back")
		o.CleanupOnFail, o.Force = seldom(t, "cleanup on fail"), rarely(t, "force")
	case takeDown:
		o.KeepHistory = rapid.Bool().Draw(t, "keep history")
	}
	if o.Verb == upgrade || o.Verb == rollback {
		o.MaxHistory = rapid.SampledFrom([]int{0, 0, 0, 3, 2, 1, -1}).Draw(t, "history limit")
	}
	if !c.NoCuts && rarely(t, "cut") {
		o.Cut = &fault.Cut{
			Write:  rapid.IntRange(1, 12).Draw(t, "write"),
			Moment: rapid.SampledFrom([]fault.Moment{fault.Before, fault.Served}).Draw(t, "moment"),
		}
	}
	return o
}

func drawValues(t *rapid.T) lifecycle.Values {
	some := []string{"", "1", "2"}
	v := lifecycle.Values{
		A:     rapid.SampledFrom([]string{"", "1", "2", "3"}).Draw(t, "a"),
		Key:   rapid.SampledFrom([]string{"", "", "more", "other"}).Draw(t, "key"),
		B:     rapid.SampledFrom(some).Draw(t, "b"),
		Fixed: rapid.SampledFrom([]string{"", "", "", "1", "2"}).Draw(t, "fixed"),
		Kept:  rapid.SampledFrom([]string{"", "", "", "1", "2"}).Draw(t, "kept"),
		Hook:  rapid.SampledFrom([]string{"", "", lifecycle.Before, lifecycle.After}).Draw(t, "hook"),
	}
	v.Trouble = rapid.SampledFrom([]string{"", "", "", "", lifecycle.Late, lifecycle.Early}).Draw(t, "trouble")
	if v.Hook != "" && v.Trouble == "" && seldom(t, "trouble in the hook") {
		v.Trouble = lifecycle.InHook
	}
	return v
}

func seldom(t *rapid.T, label string) bool { return rapid.IntRange(0, 3).Draw(t, label) == 3 }

func rarely(t *rapid.T, label string) bool { return rapid.IntRange(0, 7).Draw(t, label) == 7 }
