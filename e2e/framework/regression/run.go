package regression

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/objects"
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

	// outside are, for each revision, the objects that it has in no namespace or in a named one.
	outside [][]*unstructured.Unstructured
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
func (r *run) try(ctx context.Context, path Path) (_ PathResult, err error) {
	unmet := PathResult{Path: path, Verdict: NotRun}
	place := r.Place
	switch {
	case !r.wide(path):
	case r.Fresh == nil:
		r.lane.Lock()
		defer r.lane.Unlock()
		if r.over(ctx) {
			return unmet, nil
		}
	default:
		fresh, leave, err := r.Fresh(ctx)
		if err != nil {
			return unmet, fmt.Errorf("path %q: %w", path.Name, err)
		}
		defer func() { err = errors.Join(err, leave(context.WithoutCancel(ctx))) }()
		place = fresh
	}
	done, err := r.walk(ctx, path, place)
	if err != nil {
		return done, fmt.Errorf("path %q: %w", path.Name, err)
	}
	r.mu.Lock()
	r.failed = r.failed || done.Verdict == Failed
	r.mu.Unlock()
	return done, nil
}

// wide tells whether a path changes what belongs to the cluster as a whole.
func (r *run) wide(path Path) bool {
	for _, step := range path.Steps {
		if len(r.outside[step.Revision]) > 0 {
			return true
		}
	}
	return false
}

// survey renders every revision, and finds out what of it is outside of the release's namespace.
func (r *run) survey(ctx context.Context) error {
	config, err := cluster.LoadRESTConfig(r.Place.Kubeconfig)
	if err != nil {
		return err
	}
	client, err := objects.Connect(ctx, config)
	if err != nil {
		return err
	}
	defer client.Close()
	for _, revision := range r.Revisions {
		rendered, err := render(revision, r.Release)
		if err != nil {
			return err
		}
		definitions, err := revision.Chart.Definitions()
		if err != nil {
			return err
		}
		r.outside = append(r.outside, append(outside(client, rendered), definitions...))
	}
	return nil
}
