// Package history holds what an operation did to the history of a release against the laws that Helm's histories keep.
//
// The laws are those of Helm 3, as its storage and its actions make them, and say of each operation which revisions there are
// afterwards, in which state, and with what in them. Where Helm does something that a reader would not expect, the law says so.
package history

import (
	"fmt"
	"slices"

	"seatrial/e2e/framework/helm"
)

// Action is what was done to a release.
type Action string

// The operations that change a history.
const (
	Install   Action = "install"
	Upgrade   Action = "upgrade"
	Rollback  Action = "rollback"
	Uninstall Action = "uninstall"
)

// Transition is one operation on a release, with the history before and after it.
type Transition struct {
	// Before and After are all revisions, oldest first; empty where there was no release.
	Before, After []helm.Release
	// Stored are the objects that hold the revisions of After; nil where they were not read.
	Stored []helm.Stored

	Action Action
	// Target is the revision that a rollback was asked for; 0 means the one before the newest.
	Target int
	// Failure is the text of the operation's error; empty if it succeeded.
	Failure string
	// Rendered is the manifest that the new revision should have; empty where that is not known. For a rollback it is not needed.
	Rendered string
	// MaxHistory is how many revisions are kept, as in [helm.Options]: 0 means [helm.DefaultMaxHistory], less no limit.
	MaxHistory int
	// KeepHistory, Atomic and Replace are as in [helm.OperationOptions].
	KeepHistory, Atomic, Replace bool
}

// Law is something that is true of every operation.
type Law struct {
	// Name is short, such as "one-deployed".
	Name string
	// Text is the law as a sentence.
	Text string
	// Source is where in Helm it comes from.
	Source string

	check func(Transition) []Violation
}

// Violation is a law that a transition broke.
type Violation struct {
	// Law is its name.
	Law string
	// Revision is the one that is wrong, or 0 where it is the history as a whole.
	Revision int
	// Expected and Seen say what the law wants, and what there is.
	Expected, Seen string
}

// String is the violation as a sentence.
func (v Violation) String() string {
	subject := "the history"
	if v.Revision != 0 {
		subject = fmt.Sprintf("revision %d", v.Revision)
	}
	return fmt.Sprintf("%s breaks the law %q: expected %s, seen: %s", subject, v.Law, v.Expected, v.Seen)
}

// Check returns what breaks a law, by law in the order of [Laws] and then by revision. It is empty if all is as Helm does it.
func Check(t Transition) []Violation {
	var found []Violation
	for _, law := range Laws() {
		for _, violation := range law.check(t) {
			violation.Law = law.Name
			found = append(found, violation)
		}
	}
	return found
}

// newest is the highest revision, nil if there is none.
func newest(all []helm.Release) *helm.Release {
	if len(all) == 0 {
		return nil
	}
	last := slices.MaxFunc(all, func(a, b helm.Release) int { return a.Revision - b.Revision })
	return &last
}

// find returns the revision, nil if it is not among them.
func find(all []helm.Release, revision int) *helm.Release {
	i := slices.IndexFunc(all, func(r helm.Release) bool { return r.Revision == revision })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// made are the revisions that were not there before, oldest first.
func (t Transition) made() []helm.Release {
	var made []helm.Release
	for _, after := range t.After {
		if find(t.Before, after.Revision) == nil {
			made = append(made, after)
		}
	}
	return made
}

// older are the revisions that were there before and still are, as pairs.
func (t Transition) older() [][2]helm.Release {
	var pairs [][2]helm.Release
	for _, after := range t.After {
		if before := find(t.Before, after.Revision); before != nil {
			pairs = append(pairs, [2]helm.Release{*before, after})
		}
	}
	return pairs
}

// target is the revision that a rollback goes back to.
func (t Transition) target() int {
	if last := newest(t.Before); t.Target == 0 && last != nil {
		return last.Revision - 1
	}
	return t.Target
}

func (t Transition) failed() bool { return t.Failure != "" }

// replaced tells whether an installation took the place of a revision, whose release was uninstalled.
func (t Transition) replaced(before helm.Release) bool {
	last := newest(t.Before)
	return t.Action == Install && t.Replace && last.Revision == before.Revision && last.Status == helm.StatusUninstalled
}

// undid tells that an upgrade failed and was rolled back by itself.
func (t Transition) undid() bool {
	return t.Action == Upgrade && t.Atomic && t.failed() && len(t.made()) > 1
}
