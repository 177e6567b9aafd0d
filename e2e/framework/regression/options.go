package regression

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/helm"
)

// DefaultTimeout is for one operation of Helm with its hooks, and for the wait after it, unless Options.Timeout says
// otherwise.
const DefaultTimeout = 5 * time.Minute

// Revision is what a release can be: a version of the chart with values.
type Revision struct {
	// Name is short, and different for each revision.
	Name string
	// Said is what its values were given as, where that is too long for a name; empty otherwise.
	Said   string
	Chart  *helm.Chart
	Values helm.Values
}

// Place is a cluster to try paths on.
type Place struct {
	Kubeconfig string
	Features   cluster.Features
	// Discarded tells that the cluster is removed after the run, so that it need not be cleaned.
	Discarded bool
}

// Options say what to try, and where.
type Options struct {
	// Revisions from old to new; at least one.
	Revisions []Revision
	// Pairs says which of them are upgraded to which.
	Pairs Pairs
	// Select says which of the planned paths are gone; nil is all.
	Select func(p Path) bool
	// Release is the name to install as. If empty, the [ReleaseName] of the first revision's chart.
	Release string
	// Place is where paths go.
	Place Place
	// Fresh brings up another such cluster, for a path that changes what belongs to the cluster as a whole. If nil, such
	// paths go one after the other. The function returned with it takes the cluster down again.
	Fresh func(ctx context.Context) (Place, func(context.Context) error, error)
	// Parallel is how many paths go at a time; less than 1 is 1.
	Parallel int
	// Timeout is for one operation with its hooks, and for the wait after it. If zero, DefaultTimeout.
	Timeout time.Duration
	// Steady is how long a revision must stay ready before it counts as settled. It may be zero.
	Steady time.Duration
	// Linger is how long a fresh installation is left alone before it is looked who has changed it since. If zero, it is
	// looked at once.
	Linger time.Duration
	// FailFast begins no further path after one that has failed.
	FailFast bool
	// Artifacts is the folder for evidence; it is made when something is written. If empty, nothing is kept.
	Artifacts string
	// Told receives what happens, as it happens. Calls never overlap. It may be nil.
	Told func(Event)
	// Between is called when a step has settled, and before the next one: what has changed in the cluster after it is drift.
	// If nil, the next step begins at once, and only fresh installations are looked at for drift.
	Between func(ctx context.Context, m Moment) error
}

// Moment is a point on a path, between two steps.
type Moment struct {
	Path Path
	// Done is the place of the step that has just settled.
	Done       int
	Kubeconfig string
	Namespace  string
	Release    string
}

// Event is something that happened to a path. Of Begins, Waiting, Step and End, at most one is set; with none, it begins.
type Event struct {
	Path Path
	// Begins is the name of a step that begins.
	Begins string
	// Waiting says what is waited for, since Waited.
	Waiting string
	Waited  time.Duration
	// Step is one that is over.
	Step *StepResult
	// End is the path's, when it is over.
	End *PathResult
}

var releaseName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?$`)

// longestRelease is how long the name of a release may be.
const longestRelease = 53

var unfitForRelease = regexp.MustCompile(`[^a-z0-9-]+`)

// ReleaseName is what a release of a chart is called unless somebody says otherwise: the chart's own name as far as it can
// be. A chart may have capitals, dots and underscores in its name.
func ReleaseName(chart *helm.Chart) string {
	name := strings.TrimLeft(unfitForRelease.ReplaceAllString(strings.ToLower(chart.Name()), "-"), "-")
	return strings.TrimRight(name[:min(len(name), longestRelease)], "-")
}

// complete fills in what was left out, and refuses what cannot be tried.
func (o Options) complete() (Options, error) {
	if len(o.Revisions) == 0 {
		return o, errors.New("trying a chart: there is no revision to install")
	}
	if o.Release == "" {
		o.Release = ReleaseName(o.Revisions[0].Chart)
	}
	if !releaseName.MatchString(o.Release) {
		return o, fmt.Errorf("trying a chart: %q can be no release: use small letters, digits and dashes, at most 53", o.Release)
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	o.Parallel = max(o.Parallel, 1)
	return o, nil
}

func (o Options) names() []string {
	var all []string
	for _, r := range o.Revisions {
		all = append(all, r.Name)
	}
	return all
}
