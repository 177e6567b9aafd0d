package regression

import "fmt"

// Action is what a step does to the release.
type Action string

// The actions of steps.
const (
	Install   Action = "install"
	Upgrade   Action = "upgrade"
	Rollback  Action = "rollback"
	Uninstall Action = "uninstall"
)

// Step is one operation on the release.
type Step struct {
	Action Action
	// Revision is the place, in the list that was planned for, of what the release is afterwards. After an
	// uninstallation it has no meaning.
	Revision int
	// Back is the release's own number of the revision to roll back to; for other actions it is 0.
	Back int
}

// Path is what one user does with the chart, from the first installation to the end.
type Path struct {
	Name  string
	Steps []Step
}

// Pairs says which revisions are upgraded to which.
type Pairs int

const (
	// Neighbours upgrades each revision to the next one of the list.
	Neighbours Pairs = iota
	// EveryPair upgrades each revision to every one after it.
	EveryPair
)

// Plan lists the paths to try for revisions that are named from old to new: a fresh installation of each, and for each
// pair the upgrade, the way back, and both twice. Of three or more, all are gone through in one release, and all the way
// back in one step. A single revision is upgraded to itself, which must change nothing.
func Plan(names []string, pairs Pairs) []Path {
	var all []Path
	for i, name := range names {
		all = append(all, path("install "+name, i))
	}
	for _, p := range choose(len(names), pairs) {
		from, to := names[p.old], names[p.new]
		all = append(
			all,
			path(fmt.Sprintf("upgrade %s to %s", from, to), p.old, p.new),
			path(fmt.Sprintf("roll back %s to %s", to, from), p.old, p.new, p.old),
			path(fmt.Sprintf("upgrade %s to %s and roll back, twice", from, to), p.old, p.new, p.old, p.new, p.old),
		)
	}
	if last := len(names) - 1; last > 1 {
		all = append(all, through(names))
	}
	return all
}

// through goes from each revision to the next, and from the last back to the first.
func through(names []string) Path {
	last := len(names) - 1
	steps := []Step{{Action: Install}}
	for i := range last {
		steps = append(steps, Step{Action: Upgrade, Revision: i + 1})
	}
	steps = append(steps, Step{Action: Rollback, Back: 1}, Step{Action: Uninstall})
	return Path{Name: fmt.Sprintf("upgrade through all from %s to %s, and roll back to %s", names[0], names[last], names[0]), Steps: steps}
}

type pair struct{ old, new int }

func choose(count int, pairs Pairs) []pair {
	if count == 1 {
		return []pair{{0, 0}}
	}
	var all []pair
	for i := range count {
		last := min(i+1, count-1)
		if pairs == EveryPair {
			last = count - 1
		}
		for j := i + 1; j <= last; j++ {
			all = append(all, pair{i, j})
		}
	}
	return all
}

// path makes the steps that lead through the stations: the first is installed, each further one is an upgrade there or,
// in turn, the way back from it. In the end the release is removed.
func path(name string, stations ...int) Path {
	steps := []Step{{Action: Install, Revision: stations[0]}}
	for i, station := range stations[1:] {
		if i%2 == 0 {
			steps = append(steps, Step{Action: Upgrade, Revision: station})
			continue
		}
		// The release counts from 1: where the upgrade came from is one before it.
		steps = append(steps, Step{Action: Rollback, Revision: station, Back: len(steps) - 1})
	}
	return Path{Name: name, Steps: append(steps, Step{Action: Uninstall, Revision: stations[len(stations)-1]})}
}
