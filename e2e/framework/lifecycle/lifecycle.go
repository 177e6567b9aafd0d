// Package lifecycle is a model of what Helm 3 does to a release: given what there is, and an operation, it says which
// revisions and which objects there are afterwards, and how the operation ends.
//
// It follows Helm v3.22.0 step by step and write by write (helm.sh/helm/v3/pkg/action, pkg/storage and pkg/kube), so that it
// also knows what is left of an operation that was cut off in the middle. Its chart is the one in demo/, whose objects are
// small and fail at once. Package walk takes random walks through it, side by side with a real Helm.
package lifecycle

import (
	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/helm"
)

// Release is the name of the release that all operations are about.
const Release = "demo"

// Verb is what is done to the release.
type Verb string

// The operations.
const (
	Install   Verb = "install"
	Upgrade   Verb = "upgrade"
	Rollback  Verb = "rollback"
	Uninstall Verb = "uninstall"
)

// Operation is something that is done to the release. Its options are those of the helm command; what an operation has no
// use for is ignored.
type Operation struct {
	Verb Verb
	// Values are those of an installation or upgrade. An upgrade without any keeps those that there are.
	Values Values
	// Back says where a rollback goes: so many revisions before the newest one, or to what Helm chooses if 0.
	Back int

	Atomic, CleanupOnFail, Force, KeepHistory, Replace bool
	// MaxHistory is how many revisions an upgrade or rollback keeps; 0 means [helm.DefaultMaxHistory], less no limit.
	MaxHistory int

	// Cut is where the client dies; nil if it does not.
	Cut *fault.Cut
}

// Target is the revision that a rollback asks for where the release is in this state. It need not be there; 0 leaves it to Helm.
func (o Operation) Target(s State) int {
	if o.Back == 0 {
		return 0
	}
	if last := s.last(); last != nil && last.Number > o.Back {
		return last.Number - o.Back
	}
	return missing
}

// limit is how many revisions are kept; 0 for all.
func (o Operation) limit() int {
	if o.MaxHistory == 0 {
		return helm.DefaultMaxHistory
	}
	return max(o.MaxHistory, 0)
}

// missing is a revision that no release has.
const missing = 999

// Revision is one of the release.
type Revision struct {
	Number int
	Status helm.Status
	// Description is how the recorded one begins; that of a failure goes on with its reason.
	Description string
	// Values are those it was made with.
	Values Values
}

// State is all that operations on the release change.
type State struct {
	// Revisions are the oldest first; none if there is no release.
	Revisions []Revision
	// Objects are those in the cluster, by name, with their data.
	Objects map[string]Object
}

// Failure is how an operation ended.
type Failure string

// The ends of operations.
const (
	// None is the success.
	None Failure = ""
	// NameInUse is the end of an installation where there is a release.
	NameInUse Failure = "the name is in use"
	// NoRelease is the end of a rollback or uninstallation where there is none.
	NoRelease Failure = "there is no release"
	// NothingDeployed is the end of an upgrade that finds nothing to start from.
	NothingDeployed Failure = "there is nothing deployed"
	// NoRevision is the end of a rollback to a revision that is not there.
	NoRevision Failure = "there is no such revision"
	// Pending is the end of an upgrade where another operation is, or was, under way.
	Pending Failure = "another operation is in progress"
	// Gone is the end of an uninstallation that keeps history where that was done before.
	Gone Failure = "it is uninstalled already"
	// Refused is the end of an operation some of whose objects the API server did not accept.
	Refused Failure = "an object was refused"
)

// Outcome is what comes of an operation.
type Outcome struct {
	State State
	// Failure is how it ended; it says nothing of a client that was cut off.
	Failure Failure
	// Cut tells that the client came to where it was to be cut off.
	Cut bool
}
