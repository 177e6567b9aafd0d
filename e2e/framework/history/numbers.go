package history

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"seatrial/e2e/framework/helm"
)

func riseByOne(t Transition) []Violation {
	var found []Violation
	next := 1
	if last := newest(t.Before); last != nil {
		next = last.Revision + 1
	}
	made := t.made()
	least, most := t.makes()
	if len(made) < least || len(made) > most {
		found = append(found, Violation{Expected: t.expectedRevisions(next, least, most), Seen: numbers(made)})
	}
	for i, r := range made {
		if r.Revision != next+i {
			found = append(found, Violation{Revision: r.Revision, Expected: fmt.Sprintf("the new revision to be %d", next+i), Seen: strconv.Itoa(r.Revision)})
		}
	}
	for i := 1; i < len(t.After); i++ {
		if t.After[i].Revision <= t.After[i-1].Revision {
			found = append(found, Violation{
				Revision: t.After[i].Revision, Expected: "each revision once, oldest first", Seen: numbers(t.After),
			})
		}
	}
	return found
}

// makes is how many revisions an operation makes, at least and at most.
func (t Transition) makes() (least, most int) {
	switch {
	case t.Action == Uninstall:
		return 0, 0
	case !t.failed():
		return 1, 1
	case t.Action == Upgrade && t.Atomic:
		return 0, 2
	default:
		return 0, 1
	}
}

func (t Transition) expectedRevisions(next, least, most int) string {
	switch {
	case most == 0:
		return "no new revision of an " + string(t.Action)
	case least == most:
		return fmt.Sprintf("revision %d to be made by the %s", next, t.Action)
	default:
		return fmt.Sprintf("at most %d new revisions of a failed %s", most, t.Action)
	}
}

func numbers(all []helm.Release) string {
	if len(all) == 0 {
		return "none"
	}
	texts := make([]string, 0, len(all))
	for _, r := range all {
		texts = append(texts, strconv.Itoa(r.Revision))
	}
	return strings.Join(texts, ", ")
}

func sameRelease(t Transition) []Violation {
	all := slices.Concat(t.Before, t.After)
	var found []Violation
	for _, r := range t.After {
		if r.Name != all[0].Name || r.Namespace != all[0].Namespace {
			found = append(found, Violation{
				Revision: r.Revision,
				Expected: fmt.Sprintf("release %q in %q", all[0].Name, all[0].Namespace),
				Seen:     fmt.Sprintf("%q in %q", r.Name, r.Namespace),
			})
		}
	}
	return found
}

func times(t Transition) []Violation {
	var found []Violation
	for i := 1; i < len(t.After); i++ {
		before, r := t.After[i-1], t.After[i]
		if r.Updated.Before(before.Updated) {
			found = append(found, Violation{
				Revision: r.Revision,
				Expected: fmt.Sprintf("a time not before that of revision %d, %s", before.Revision, before.Updated),
				Seen:     r.Updated.String(),
			})
		}
	}
	return found
}

func limit(t Transition) []Violation {
	want := t.remaining()
	var found []Violation
	for _, before := range t.Before {
		kept, there := slices.Contains(want, before.Revision), find(t.After, before.Revision) != nil
		switch {
		case kept && !there && !t.mayLose(before.Revision):
			found = append(found, Violation{Revision: before.Revision, Expected: "it to be kept" + t.because(), Seen: "it is gone; there are " + numbers(t.After)})
		case !kept && there:
			found = append(found, Violation{Revision: before.Revision, Expected: "it to be removed" + t.because(), Seen: "it is still there, among " + numbers(t.After)})
		}
	}
	return found
}

func (t Transition) because() string {
	if t.Action == Uninstall {
		return " by the uninstallation"
	}
	return fmt.Sprintf(" with a limit of %d", t.limit())
}

// remaining are the revisions of before that should still be there.
func (t Transition) remaining() []int {
	if t.Action == Uninstall && !t.failed() && !t.KeepHistory {
		return nil
	}
	if t.Action == Uninstall || t.Action == Install || len(t.made()) == 0 {
		return revisionsOf(t.Before)
	}
	return pruned(t.Before, t.limit())
}

// mayLose allows what an operation that failed has removed before it failed.
func (t Transition) mayLose(revision int) bool {
	if !t.failed() {
		return false
	}
	if t.Action == Uninstall {
		return !t.KeepHistory
	}
	if t.Action == Install { // One that undoes itself removes the release that it replaced, too.
		return t.Atomic && t.Replace
	}
	return len(t.made()) == 0 && !slices.Contains(pruned(t.Before, t.limit()), revision)
}

func (t Transition) limit() int {
	if t.MaxHistory == 0 {
		return helm.DefaultMaxHistory
	}
	return t.MaxHistory
}

// pruned are the revisions that remain when room is made for another one within the limit.
func pruned(before []helm.Release, limit int) []int {
	all := revisionsOf(before)
	if limit < 0 {
		return all
	}
	deployed := newestDeployed(before)
	var kept []int
	excess := len(all) - (limit - 1)
	for _, revision := range all {
		if excess > 0 && revision != deployed {
			excess--
			continue
		}
		kept = append(kept, revision)
	}
	return kept
}

func revisionsOf(all []helm.Release) []int {
	numbers := make([]int, 0, len(all))
	for _, r := range all {
		numbers = append(numbers, r.Revision)
	}
	slices.Sort(numbers)
	return numbers
}
