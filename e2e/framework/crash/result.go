package crash

import (
	"fmt"
	"slices"
	"strings"

	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/regression"
)

// Result is what was found.
type Result struct {
	Operations []Operation `json:"operations"`
}

// Operation is an operation of Helm that was crashed at each of its writes.
type Operation struct {
	Action regression.Action `json:"action"`
	// Writes are what it does when nobody stops it, in words. Where Helm works on several objects of a kind side by side,
	// any of them can be the one.
	Writes []string `json:"writes"`
	// States are what crashes leave, in the order of the writes.
	States []State `json:"states"`
}

// State is what is left after a crash: what a user finds, and what helps.
type State struct {
	Action regression.Action `json:"action"`
	// Points are those at which a crash leaves this.
	Points []fault.Cut `json:"points"`
	// Done counts the writes that the server has done, of so many; Last is the last of them, empty if there was none.
	Done int    `json:"done"`
	Of   int    `json:"of"`
	Last string `json:"last,omitempty"`
	// History is what helm history lists: the revisions with their status, oldest first. Empty if there is no release.
	History []string `json:"history"`
	// Changed of Changes are the objects that the operation had come to: made, changed or deleted.
	Changed int `json:"changed"`
	Changes int `json:"changes"`
	// Recoveries are what was tried.
	Recoveries []Recovery `json:"recoveries"`
}

// Recovery is a way back that was tried.
type Recovery struct {
	// Name is what a user does: "uninstall, install".
	Name    string  `json:"name"`
	Outcome Outcome `json:"outcome"`
	// Why says why it does not work.
	Why string `json:"why,omitempty"`
	// History is what helm history lists afterwards.
	History []string `json:"history"`
}

// Outcome is how a way back ended.
type Outcome string

const (
	// Works means that the release is where it should be, every object as on a release that never crashed.
	Works Outcome = "works"
	// Refused means that Helm has not done it.
	Refused Outcome = "refused"
	// Unproven means that Helm says that it was done, and the state is not what it should be.
	Unproven Outcome = "unproven"
)

// same tells whether that is what was left.
func (s State) same(other left) bool {
	return slices.Equal(s.History, other.history) && s.Changed == other.changed && s.Changes == other.changes
}

// Point says where the process died: "upgrade killed after write 1 of 6 (record revision 2 as pending-upgrade)".
func (s State) Point() string {
	if s.Done == 0 {
		return string(s.Action) + " killed before it wrote anything"
	}
	return fmt.Sprintf("%s killed after write %d of %d (%s)", s.Action, s.Done, s.Of, s.Last)
}

// Left says what a user finds: "1 deployed, 2 pending-upgrade; 0 of 3 objects changed".
func (s State) Left() string {
	history := "no release"
	if len(s.History) > 0 {
		history = strings.Join(s.History, ", ")
	}
	return fmt.Sprintf("%s; %d of %d objects changed", history, s.Changed, s.Changes)
}

// Working are the names of the ways back that work.
func (s State) Working() []string {
	var all []string
	for _, r := range s.Recoveries {
		if r.Outcome == Works {
			all = append(all, r.Name)
		}
	}
	return all
}

// String says of a way back what came of it: "upgrade again: refused (another operation is in progress)".
func (r Recovery) String() string {
	text := r.Name + ": " + string(r.Outcome)
	if r.Why != "" {
		text += " (" + r.Why + ")"
	}
	return text
}

// Stuck are the states from which no way back works.
func (r Result) Stuck() []State {
	var stuck []State
	for _, o := range r.Operations {
		for _, s := range o.States {
			if len(s.Recoveries) > 0 && len(s.Working()) == 0 {
				stuck = append(stuck, s)
			}
		}
	}
	return stuck
}

// States are those of all operations.
func (r Result) States() []State {
	var all []State
	for _, o := range r.Operations {
		all = append(all, o.States...)
	}
	return all
}
