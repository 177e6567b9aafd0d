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
	dooms  map[string]sight
	before map[string]sight
}

// sight is a symptom when it was first seen.
type sight struct {
	at      time.Time
	crashes int
}

// judge completes what was found: how long each has been missing, and whether it is given up. The answer is after what
// time the judgement can change although nothing else does; 0 is never.
func (f *fates) judge(found []Unready, now time.Time) time.Duration {
	f.before, f.dooms = f.dooms, map[string]sight{}
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
		if soon := f.doom(u, dooms, now); soon > 0 && (again == 0 || soon < again) {
			again = soon
		}
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
			first = sight{at: now, crashes: d.crashes}
		}
		if _, twice := f.dooms[key]; !twice {
			f.dooms[key] = first
		}
		left := d.after - now.Sub(first.at)
		switch {
		case d.crashes > 0 && d.crashes >= CrashLimit && d.crashes > first.crashes:
			u.giveUp(fmt.Sprintf("%s: %s", d.why, count(d.crashes, "restart")))
		case d.crashes > 0:
		case left <= 0:
			u.giveUp(fmt.Sprintf("%s, for %s", d.why, round(now.Sub(first.at))))
		case again == 0 || left < again:
			again = left
		}
	}
	return again
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
