package ledger

import (
	"slices"
	"strings"

	"seatrial/e2e/framework/objects"
)

// Prove says whether the state now is what it was then, object by object. Ledgers of the revisions between the two, if there
// are any, tell whether an object had to be made again: because it was gone meanwhile, or because a field was different that
// the API server does not change in an object that lives. Without them, an object that was made again is only told of.
//
// Some objects are not what a rollback restores, and never break the proof: hooks, what is kept on purpose and left over,
// and the Jobs of a CronJob, which come and go with time. Nor does what merely follows from the difference of another
// object: the pods of a Deployment that has drifted.
func Prove(then, now Ledger, between ...Ledger) Proof {
	p := Proof{Namespace: now.Namespace, Torn: slices.Compact(slices.Sorted(slices.Values(slices.Concat(then.Torn, now.Torn))))}
	if then.Record != nil {
		p.Release, p.Then = then.Record.Release, then.Record.Revision
	}
	if now.Record != nil {
		p.Release, p.Now = now.Record.Release, now.Record.Revision
	}
	found := pairs(then.Objects, now.Objects)
	for _, one := range found {
		v := one.verdict()
		one.recreation(&v, between)
		one.excuse(&v)
		p.Verdicts = append(p.Verdicts, v)
	}
	follow(found, p.Verdicts)
	slices.SortStableFunc(p.Verdicts, func(a, b Verdict) int { return objects.Compare(a.Object, b.Object) })
	return p
}

// last is the object as it is now, or as it was if it is gone.
func (p pair) last() Object {
	if p.now != nil {
		return *p.now
	}
	return *p.then
}

func (p pair) verdict() Verdict {
	v := Verdict{Object: p.last().Ref, Outcome: Restored, Owned: p.last().Root != nil, Differences: p.differences()}
	if p.then != nil {
		v.Object = p.then.Ref
	}
	has := func(k Kind) bool {
		return slices.ContainsFunc(v.Differences, func(d Difference) bool { return d.Kind == k })
	}
	for _, o := range []struct {
		kind    Kind
		outcome Outcome
		breaks  bool
	}{
		{Missing, Gone, true}, {LeftOver, Leftover, true}, {Changed, Drifted, true}, {Recreated, Remade, false}, {Reallocated, Rechosen, false},
	} {
		if has(o.kind) {
			v.Outcome, v.Breaks = o.outcome, o.breaks
			break
		}
	}
	return v
}

// recreation judges whether an object that is of the release itself had to be made again.
func (p pair) recreation(v *Verdict, between []Ledger) {
	if p.then == nil || p.now == nil || p.then.UID == p.now.UID || p.then.Root != nil {
		return
	}
	if len(between) == 0 {
		v.Why = "whether it had to be made again is not known"
		return
	}
	for _, l := range between {
		i := slices.IndexFunc(l.Objects, func(o Object) bool { return o.Ref == p.then.Ref })
		if i < 0 {
			v.Why = "it was gone in between, so it had to be made again"
			return
		}
		for _, d := range compareObjects(*p.then, l.Objects[i]) {
			if source := Immutable(d.Object, d.Pointer); d.Kind == Changed && source != "" {
				v.Why = d.Field + " was different in between: " + source
				return
			}
		}
	}
	v.Breaks = true
	v.Why = "it should have lived on: nothing in between asked for a new one"
}

// excuse takes back the blame from what a rollback does not restore.
func (p pair) excuse(v *Verdict) {
	if v.Outcome == Restored {
		return
	}
	o := p.last()
	switch {
	case o.Hook != nil:
		v.Why = "a hook (" + strings.Join(o.Hook.Events, ", ") + "), which Helm makes and deletes beside the release"
	case o.Kept != "" && v.Outcome == Leftover:
		v.Why = "kept on purpose: " + o.Kept
	case o.Root != nil && o.Root.Kind == "CronJob":
		v.Why = "made by " + o.Root.String() + " when its time has come"
	default:
		return
	}
	v.Breaks = false
}
