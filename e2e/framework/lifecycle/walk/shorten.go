package walk

import (
	"context"
	"slices"

	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/lifecycle"
)

// shorten goes on where rapid has stopped, which shortens what it draws and not what is done: it leaves out every operation
// and every option without which the finding is still one. It returns how many operations that took, too.
func shorten(ctx context.Context, f *Finding, oracle Oracle, p Performer) (int, *Finding, error) {
	operations := 0
	for again := true; again; {
		again = false
		for _, candidate := range shorter(f.walk()) {
			done, found, err := Take(ctx, candidate, oracle, p)
			operations += len(done)
			if err != nil {
				return operations, f, err
			}
			if found != nil {
				f, again = found, true
				break
			}
		}
	}
	return operations, f, nil
}

func (f *Finding) walk() Walk {
	var w Walk
	for _, step := range f.Steps {
		w = append(w, step.Operation)
	}
	return w
}

// shorter are all walks that are one operation or one option shorter.
func shorter(w Walk) []Walk {
	var all []Walk
	for i := range w {
		all = append(all, slices.Delete(slices.Clone(w), i, i+1))
	}
	for i, o := range w {
		for _, simpler := range simpler(o) {
			candidate := slices.Clone(w)
			candidate[i] = simpler
			all = append(all, candidate)
		}
	}
	return all
}

// simpler are an operation with one option less each, or with a client that dies earlier.
func simpler(o lifecycle.Operation) []lifecycle.Operation {
	var all []lifecycle.Operation
	for _, drop := range []func(*lifecycle.Operation){
		func(o *lifecycle.Operation) { o.Cut = nil },
		func(o *lifecycle.Operation) { o.Atomic = false },
		func(o *lifecycle.Operation) { o.CleanupOnFail = false },
		func(o *lifecycle.Operation) { o.Force = false },
		func(o *lifecycle.Operation) { o.KeepHistory = false },
		func(o *lifecycle.Operation) { o.Replace = false },
		func(o *lifecycle.Operation) { o.MaxHistory = 0 },
		func(o *lifecycle.Operation) { o.Back = 0 },
		func(o *lifecycle.Operation) { o.Values.A = "" },
		func(o *lifecycle.Operation) { o.Values.Key = "" },
		func(o *lifecycle.Operation) { o.Values.B = "" },
		func(o *lifecycle.Operation) { o.Values.Fixed = "" },
		func(o *lifecycle.Operation) { o.Values.Kept = "" },
		func(o *lifecycle.Operation) { o.Values.Hook = "" },
		func(o *lifecycle.Operation) { o.Values.Trouble = "" },
	} {
		one := o
		drop(&one)
		if one != o {
			all = append(all, one)
		}
	}
	if o.Cut != nil {
		for write := 1; write < o.Cut.Write; write++ {
			one := o
			one.Cut = &fault.Cut{Write: write, Moment: o.Cut.Moment}
			all = append(all, one)
		}
	}
	return all
}
