package helm

import (
	"time"

	"helm.sh/helm/v3/pkg/release"
)

// Release is one revision of a release, as recorded in the cluster.
type Release struct {
	Name      string
	Namespace string
	// Revision counts from 1; every upgrade and rollback adds one.
	Revision    int
	Status      Status
	Description string

	ChartName    string
	ChartVersion string
	AppVersion   string
	// Updated is when the revision was made.
	Updated time.Time
	// Values are those the user supplied, without the chart's own defaults.
	Values Values
	// Manifest holds the objects of the release; hooks are not among them.
	Manifest string
	Notes    string
	Hooks    []Hook
	// Written are the objects that an operation has just made or changed, or found to be as they should be. A revision that
	// was only read has none.
	Written []Written
	// RecordVersion is the resource version of the last record that an operation wrote, which it does at its end; empty for
	// a revision that was only read.
	RecordVersion string
}

// Written is an object as an operation has left it.
type Written struct {
	Group, Kind, Namespace, Name string
	// Version is its resource version, and UID tells it from another one of its name.
	Version, UID string
}

// Hook is an object that Helm creates at an event in the life of a release, and waits
// for.
type Hook struct {
	Name   string
	Kind   string
	Path   string // of its template
	Weight int
	// Events are such as "pre-install" and "post-upgrade".
	Events []string
	// DeletePolicies are such as "hook-succeeded"; empty means "before-hook-creation".
	DeletePolicies []string
	// Manifest is the object.
	Manifest string
	// Phase is how the last run ended ("Succeeded", "Failed"); empty if it never ran.
	Phase string
	// Started and Completed are those of the last run, or zero.
	Started   time.Time
	Completed time.Time
}

// Status is the state of one revision of a release.
type Status string

// The states Helm knows.
const (
	StatusUnknown         Status = "unknown"
	StatusDeployed        Status = "deployed"
	StatusSuperseded      Status = "superseded"
	StatusFailed          Status = "failed"
	StatusUninstalled     Status = "uninstalled"
	StatusUninstalling    Status = "uninstalling"
	StatusPendingInstall  Status = "pending-install"
	StatusPendingUpgrade  Status = "pending-upgrade"
	StatusPendingRollback Status = "pending-rollback"
)

// Pending tells whether an operation on the release is under way, or was and died.
func (s Status) Pending() bool {
	return s == StatusPendingInstall || s == StatusPendingUpgrade || s == StatusPendingRollback
}

// Chart is the chart's name and version as Helm's tables show them, such as
// "guestbook-0.2.0".
func (r Release) Chart() string { return r.ChartName + "-" + r.ChartVersion }

func toRelease(from *release.Release) *Release {
	to := &Release{
		Name:      from.Name,
		Namespace: from.Namespace,
		Revision:  from.Version,
		Status:    StatusUnknown,
		Values:    Values(Values(from.Config).clone()),
		Manifest:  from.Manifest,
		Hooks:     make([]Hook, 0, len(from.Hooks)),
	}
	if from.Info != nil {
		to.Status = toStatus(from.Info.Status)
		to.Description = from.Info.Description
		to.Updated = from.Info.LastDeployed.Time
		to.Notes = from.Info.Notes
	}
	if from.Chart != nil && from.Chart.Metadata != nil {
		to.ChartName = from.Chart.Metadata.Name
		to.ChartVersion = from.Chart.Metadata.Version
		to.AppVersion = from.Chart.Metadata.AppVersion
	}
	for _, hook := range from.Hooks {
		to.Hooks = append(to.Hooks, toHook(hook))
	}
	return to
}

func toHook(from *release.Hook) Hook {
	return Hook{
		Name:           from.Name,
		Kind:           from.Kind,
		Path:           from.Path,
		Weight:         from.Weight,
		Events:         texts(from.Events),
		DeletePolicies: texts(from.DeletePolicies),
		Manifest:       from.Manifest,
		Phase:          from.LastRun.Phase.String(),
		Started:        from.LastRun.StartedAt.Time,
		Completed:      from.LastRun.CompletedAt.Time,
	}
}

func texts[T ~string](from []T) []string {
	var to []string
	for _, one := range from {
		to = append(to, string(one))
	}
	return to
}

// toStatus names every state of Helm, so that the linter tells of a new one.
func toStatus(from release.Status) Status {
	switch from {
	case release.StatusDeployed:
		return StatusDeployed
	case release.StatusSuperseded:
		return StatusSuperseded
	case release.StatusFailed:
		return StatusFailed
	case release.StatusUninstalled:
		return StatusUninstalled
	case release.StatusUninstalling:
		return StatusUninstalling
	case release.StatusPendingInstall:
		return StatusPendingInstall
	case release.StatusPendingUpgrade:
		return StatusPendingUpgrade
	case release.StatusPendingRollback:
		return StatusPendingRollback
	case release.StatusUnknown:
		return StatusUnknown
	}
	return StatusUnknown
}
