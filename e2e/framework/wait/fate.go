package wait

import (
	"fmt"
	"slices"
	"time"

	"seatrial/e2e/framework/objects"
)

// fates remembers since when what is missing has been missing, and decides when it is given up.
type fates struct {
	since  map[objects.Ref]time.Time
	dooms  map[string]onset
	before map[string]onset
}

// onset is a symptom when it was first seen.
type onset struct {
	at      time.Time
	crashes int
}

// judge completes what was found: how long each has been missing, and whether it is given up. The answer is after what
// time the judgement can change although nothing else does; 0 is never.
func (f *fates) judge(found []Unready, now time.Time) time.Duration {
	f.before, f.dooms = f.dooms, map[string]onset{}
	for key, first := range f.before {
		// A program that crashes is up now and then, which ends nothing.
		if first.crashes > 0 {
			f.dooms[key] = first
		}
	}
	since := make(map[objects.Ref]time.Time, len(found))
	var again time.Duration
	for i := range found {
		u := &found[i]
		began, known := f.since[u.Object]
		if !known {
			began = now
		}
		since[u.Object] = began
		u.Waited = now.Sub(began)
		dooms := u.dooms
		if hope(found, i) {
			dooms = slices.DeleteFunc(slices.Clone(dooms), func(d doom) bool { return d.dependent })
		}
		again = sooner(again, f.doom(u, dooms, now))
	}
	f.since = since
	return again
}

// doom gives an object up if one of these symptoms has lasted for too long, and tells when the next will have.
func (f *fates) doom(u *Unready, dooms []doom, now time.Time) time.Duration {
	var again time.Duration
	for _, d := range dooms {
		key := u.Object.In("") + " " + d.why
		first, known := f.before[key]
		if !known {
			first = onset{at: now, crashes: d.crashes}
		}
		if _, twice := f.dooms[key]; !twice {
			f.dooms[key] = first
		}
		lasted := now.Sub(first.at)
		left := d.after - lasted
		switch {
		case d.crashes > 0 && !d.loops(first):
			// The next start or end of the container will be seen.
		case left > 0:
			again = sooner(again, left)
		case d.crashes > 0:
			u.giveUp(fmt.Sprintf("%s: %s, for %s", d.why, count(d.crashes, "restart"), round(lasted)))
		default:
			u.giveUp(fmt.Sprintf("%s, for %s", d.why, round(lasted)))
		}
	}
	return again
}

// loops tells whether a container has been started often enough, the last time after it was first seen, and is down again.
func (d doom) loops(first onset) bool {
	return d.crashes >= CrashLimit && d.crashes > first.crashes && !d.up
}

// sooner is the shorter of two times, of which 0 is never.
func sooner(a, b time.Duration) time.Duration {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}

func (u *Unready) giveUp(why string) {
	u.Terminal = true
	if u.GivenUp == "" {
		u.GivenUp = why
	}
}

// hope tells whether something else is still on its way that could cure the symptoms of an object: a database that its
// program waits for, a Certificate that makes the Secret it needs.
func hope(found []Unready, self int) bool {
	return slices.ContainsFunc(found, func(u Unready) bool {
		return u.Object != found[self].Object && !u.Terminal && len(u.dooms) == 0 && !follows(u)
	})
}

// follows tells whether an object gets ready only after others, so that nothing can wait for it.
func follows(u Unready) bool {
	return u.unmade || slices.Contains([]string{"Service", "Ingress", "EndpointSlice", "HorizontalPodAutoscaler", "PodDisruptionBudget"}, u.Object.Kind)
}
