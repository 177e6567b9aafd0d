package regression

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Run tries all paths of a chart. The error says what kept it from finding out; what is wrong with the chart is in the
// result, which has what was found until then. Nothing of a path is left when it returns, also when ctx ends.
func Run(ctx context.Context, o Options) (Result, error) {
	o, err := o.complete()
	if err != nil {
		return Result{}, err
	}
	if !o.Place.Discarded {
		if _, err := Sweep(ctx, o.Place.Kubeconfig); err != nil {
			return Result{}, err
		}
	}
	r := &run{Options: o}
	if r.home, err = openSite(ctx, o.Place, o.Timeout); err != nil {
		return Result{}, err
	}
	defer r.home.close()
	if err := r.survey(ctx); err != nil {
		return Result{}, err
	}
	paths := slices.DeleteFunc(Plan(o.names(), o.Pairs), func(p Path) bool { return o.Select != nil && !o.Select(p) })
	result := Result{Paths: make([]PathResult, len(paths))}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(o.Parallel)
	for i, path := range paths {
		result.Paths[i] = PathResult{Path: path, Verdict: NotRun}
		group.Go(func() error {
			if r.over(ctx) {
				return nil
			}
			done, err := r.try(ctx, path)
			result.Paths[i] = done
			return err
		})
	}
	err = group.Wait()
	return result, err
}

// run is what the paths of a chart share.
type run struct {
	Options

	home *site
	// outside are, for each revision, the objects that it has in no namespace or in a named one.
	outside [][]*unstructured.Unstructured
	// exclusive tells for each revision whether it asks for something that there is only once.
	exclusive []bool
	// hooked tells for each revision whether it has hooks.
	hooked []bool
	// standIns has for each revision what its programs have to make before its pods can start.
	standIns [][]StandIn
	// lane lets paths pass one by one that would meet outside of their namespaces.
	lane sync.Mutex

	telling sync.Mutex
	mu      sync.Mutex
	failed  bool
}

func (r *run) tell(e Event) {
	if r.Told == nil {
		return
	}
	r.telling.Lock()
	defer r.telling.Unlock()
	r.Told(e)
}

// over tells whether no further path is to be begun.
func (r *run) over(ctx context.Context) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return ctx.Err() != nil || r.FailFast && r.failed
}

// try goes one path, in a cluster of its own or in a lane if it needs one.
func (r *run) try(ctx context.Context, path Path) (done PathResult, err error) {
	done = PathResult{Path: path, Verdict: NotRun}
	at := r.home
	if r.wide(path) {
		var leave func() error
		if at, leave, err = r.apart(ctx); err != nil {
			return done, fmt.Errorf("path %q: %w", path.Name, err)
		}
		defer func() { err = errors.Join(err, leave()) }()
		if r.over(ctx) {
			return done, nil
		}
	}
	if done, err = r.walk(ctx, path, at); err != nil {
		return done, fmt.Errorf("path %q: %w", path.Name, err)
	}
	r.mu.Lock()
	r.failed = r.failed || done.Verdict == Failed
	r.mu.Unlock()
	return done, nil
}

// apart gives a place where no other path is until it is left: a cluster of its own, or a turn on the one that there is.
func (r *run) apart(ctx context.Context) (at *site, leave func() error, err error) {
	if r.Fresh == nil {
		r.lane.Lock()
		return r.home, func() error { r.lane.Unlock(); return nil }, nil
	}
	fresh, takeDown, err := r.Fresh(ctx)
	if err != nil {
		return nil, nil, err
	}
	if at, err = openSite(ctx, fresh, r.Timeout); err != nil {
		return nil, nil, errors.Join(err, takeDown(context.WithoutCancel(ctx)))
	}
	return at, func() error {
		at.close()
		return takeDown(context.WithoutCancel(ctx))
	}, nil
}

// wide tells whether a path changes what belongs to the cluster as a whole, or takes what there is only once.
func (r *run) wide(path Path) bool {
	for _, step := range path.Steps {
		if len(r.outside[step.Revision]) > 0 || r.exclusive[step.Revision] {
			return true
		}
	}
	return false
}

// survey renders every revision, and finds out what of it is outside of the release's namespace. What can only be rendered
// when its definitions are there may be anything.
func (r *run) survey(ctx context.Context) error {
	for _, revision := range r.Revisions {
		definitions, err := revision.Chart.Definitions()
		if err != nil {
			return fmt.Errorf("revision %q: %w", revision.Name, err)
		}
		rendered, err := Render(ctx, r.home.helm.In(renderedNamespace), revision, r.Release)
		if err != nil && len(definitions) == 0 {
			return err
		}
		var all []*unstructured.Unstructured
		if err == nil {
			if all, err = rendered.Objects(); err != nil {
				return fmt.Errorf("revision %q: %w", revision.Name, err)
			}
		}
		r.standIns = append(r.standIns, StandIns(all))
		r.exclusive = append(r.exclusive, slices.ContainsFunc(all, Exclusive))
		r.hooked = append(r.hooked, rendered == nil || len(rendered.Hooks) > 0)
		r.outside = append(r.outside, append(outside(r.home.api, all), definitions...))
	}
	return nil
}
