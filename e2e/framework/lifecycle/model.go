package lifecycle

import (
	"math/bits"
	"slices"

	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/helm"
)

// Model says what becomes of operations.
type Model struct {
	// Settles is for package helm, which records a failure where the helm command would leave the release pending: after a
	// rollback whose hook failed.
	Settles bool
}

// Apply returns what may come of an operation. It is one outcome, except of a client that was cut off while it worked on
// several objects side by side, where it is one for each selection of objects that it may have come to.
func (m Model) Apply(s State, o Operation) []Outcome {
	var all []Outcome
	for pick := 0; ; pick++ {
		r := &run{state: s.clone(), model: m, pick: pick, left: unlimited, verb: o.Verb, force: o.Force}
		if o.Cut != nil {
			r.left, r.served = o.Cut.Write, o.Cut.Moment == fault.Served
			if !r.served {
				r.left--
			}
		}
		failure := r.operate(o)
		all = append(all, Outcome{State: r.state, Failure: failure, Cut: r.dead})
		if pick+1 >= r.picks {
			return all
		}
	}
}

// unlimited writes are what a client has that is not cut off.
const unlimited = 1 << 30

// run is an operation under way, with the cluster as it is.
type run struct {
	state State
	model Model
	verb  Verb
	force bool
	// left is how many more writes the client makes before it is cut off, dead that it was; served, that it is cut off as
	// soon as the last one was made.
	left   int
	served bool
	dead   bool
	// pick is which of several selections of writes made side by side is made, and picks how many there are.
	pick, picks int
}

func (r *run) operate(o Operation) Failure {
	switch o.Verb {
	case Install:
		return r.install(o)
	case Upgrade:
		return r.upgrade(o)
	case Rollback:
		return r.rollback(o.Target(r.state), rollbackOptions{limit: o.limit(), cleanup: o.CleanupOnFail})
	case Uninstall:
		return r.uninstall(uninstallOptions{keepHistory: o.KeepHistory})
	default:
		return None
	}
}

// write makes a change in the cluster, unless the client is dead. What a dead client goes on to do therefore changes nothing.
func (r *run) write(do func()) { r.sideBySide([]func(){do}) }

// sideBySide makes changes in no order. A client that has only some writes left makes some of them.
func (r *run) sideBySide(all []func()) {
	switch {
	case r.dead || len(all) == 0:
		return
	case r.left < len(all):
		r.dead = true
		all = r.some(all)
	case r.left == len(all) && r.served:
		r.dead = true
	default:
	}
	r.left -= len(all)
	for _, do := range all {
		do()
	}
}

// some are as many changes as there are writes left, by the pick of this run.
func (r *run) some(all []func()) []func() {
	var selections []uint
	for set := range uint(1) << len(all) {
		if bits.OnesCount(set) == r.left {
			selections = append(selections, set)
		}
	}
	r.picks = len(selections)
	var some []func()
	for i, do := range all {
		if selections[r.pick]&(1<<i) != 0 {
			some = append(some, do)
		}
	}
	return some
}

// create records a new revision, and makes room for it: storage.Create and removeLeastRecent.
func (r *run) create(made Revision, limit int) {
	if limit > 0 {
		deployed := r.state.newest(helm.StatusDeployed)
		excess := len(r.state.Revisions) - (limit - 1)
		for _, old := range slices.Clone(r.state.Revisions) {
			if excess <= 0 {
				break
			}
			if deployed != nil && old.Number == deployed.Number {
				continue
			}
			r.remove(old)
			excess--
		}
	}
	r.write(func() { r.state.Revisions = append(r.state.Revisions, made) })
}

// update records what became of a revision. One that was removed to make room cannot be updated any more; Helm does not mind.
func (r *run) update(rev Revision) {
	r.write(func() {
		for i := range r.state.Revisions {
			if r.state.Revisions[i].Number == rev.Number {
				r.state.Revisions[i] = rev
			}
		}
	})
}

func (r *run) remove(rev Revision) {
	r.write(func() {
		r.state.Revisions = slices.DeleteFunc(r.state.Revisions, func(one Revision) bool { return one.Number == rev.Number })
	})
}

// hook runs the hook of a revision, if it is one for now: action.Configuration.execHook. It reports whether that went well.
func (r *run) hook(of Revision, now string) bool {
	if of.Values.Hook != now {
		return true
	}
	r.write(func() { delete(r.state.Objects, nameHook) })
	r.update(of)
	made := of.Values.hook()
	r.write(func() {
		if !made.refused {
			r.state.Objects[nameHook] = made
		}
	})
	return !made.refused
}

// settle is what package helm does about a revision that Helm leaves pending.
func (r *run) settle(rev Revision) {
	if r.model.Settles {
		rev.Status = helm.StatusFailed
		rev.Description = map[Verb]string{Upgrade: "Upgrade failed: ", Rollback: "Rollback failed: "}[r.verb]
		r.update(rev)
	}
}
