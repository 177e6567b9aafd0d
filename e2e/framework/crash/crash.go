// Package crash kills operations of Helm at each of their writes, looks at what is left, and finds out what brings the
// release back to a state that can be proven.
//
// A process that is killed sends nothing any more, nor hears of what it has sent: the sweep cuts the client off at the HTTP
// transport, as package fault does it. Each crash is made in a namespace of its own, and each way back is tried from the
// same crash made anew.
package crash

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"seatrial/e2e/framework/regression"
)

// DefaultTimeout is for one operation of Helm with its hooks, and for the wait after a way back, unless Options.Timeout
// says otherwise.
const DefaultTimeout = 2 * time.Minute

// Options say what to crash, and where.
type Options struct {
	// First is what is installed, and Second what it is upgraded to. They may be the same.
	First, Second regression.Revision
	// Release is the name to install as. If empty, the name of the first revision's chart.
	Release string
	// Actions are the operations to crash. If empty, all: see [Actions].
	Actions []regression.Action
	// Place is where it happens.
	Place regression.Place
	// Beside are more such clusters, among which the operations are shared out. There may be none.
	Beside []regression.Place
	// Fresh brings up another such cluster, for a chart that changes the cluster as a whole. If nil, crashes of such a
	// chart go one after the other. The function returned with it takes the cluster down again.
	Fresh func(ctx context.Context) (regression.Place, func(context.Context) error, error)
	// Parallel is how many crashes go at a time; less than 1 is 1.
	Parallel int
	// Timeout is for one operation with its hooks, and for the wait after a way back. If zero, DefaultTimeout.
	Timeout time.Duration
	// Told receives each state when all ways back from it were tried, and after how many more writes there is still
	// something to be found. Calls never overlap. It may be nil.
	Told func(s State, left int)
}

// Actions are the operations that can be crashed, in the order of a release's life.
func Actions() []regression.Action {
	return []regression.Action{regression.Install, regression.Upgrade, regression.Rollback, regression.Uninstall}
}

// complete fills in what was left out.
func (o Options) complete() (Options, error) {
	if o.First.Chart == nil || o.Second.Chart == nil {
		return o, errors.New("crashing operations: there must be a revision to install, and one to upgrade to")
	}
	if o.Release == "" {
		o.Release = regression.ReleaseName(o.First.Chart)
	}
	if len(o.Actions) == 0 {
		o.Actions = Actions()
	}
	for _, a := range o.Actions {
		if !slices.Contains(Actions(), a) {
			return o, fmt.Errorf("crashing operations: %q cannot be crashed", a)
		}
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	o.Parallel = max(o.Parallel, 1)
	return o, nil
}

// Sweep crashes each operation at each point and tries each way back. The error says what kept it from finding out; that a
// state has no way back is no error, but in the result. Nothing is left in the cluster when it returns, but for empty
// namespaces if the place is discarded.
func Sweep(ctx context.Context, o Options) (Result, error) {
	o, err := o.complete()
	if err != nil {
		return Result{}, err
	}
	shares := o.shares()
	results := make([]Result, len(shares))
	group, ctx := errgroup.WithContext(ctx)
	for i, share := range shares {
		group.Go(func() (err error) {
			results[i], err = sweepOne(ctx, share)
			return err
		})
	}
	err = group.Wait()
	if err != nil {
		err = fmt.Errorf("crashing operations of chart %q: %w", o.First.Chart.Name(), err)
	}
	return merge(o.Actions, results), err
}

// shares are the options for each cluster, with its part of the operations.
func (o Options) shares() []Options {
	places := append([]regression.Place{o.Place}, o.Beside...)
	all := make([]Options, min(len(places), len(o.Actions)))
	var telling sync.Mutex
	for i := range all {
		all[i] = o
		all[i].Place, all[i].Beside, all[i].Actions = places[i], nil, nil
		all[i].Parallel = max(o.Parallel/len(all), 1)
		if o.Told != nil {
			all[i].Told = func(s State, left int) {
				telling.Lock()
				defer telling.Unlock()
				o.Told(s, left)
			}
		}
	}
	for i, action := range o.Actions {
		share := &all[i%len(all)]
		share.Actions = append(share.Actions, action)
	}
	return all
}

// merge puts the operations of all clusters into their order.
func merge(actions []regression.Action, results []Result) Result {
	var merged Result
	for _, action := range actions {
		for _, r := range results {
			for _, o := range r.Operations {
				if o.Action == action {
					merged.Operations = append(merged.Operations, o)
				}
			}
		}
	}
	return merged
}

// sweepOne sweeps on one cluster.
func sweepOne(ctx context.Context, o Options) (Result, error) {
	s, err := open(ctx, o)
	if err != nil {
		return Result{}, err
	}
	defer s.api.Close()
	return s.run(ctx)
}

// run makes the references and the records first, and then all crashes.
func (s *sweep) run(ctx context.Context) (Result, error) {
	if err := s.refer(ctx); err != nil {
		return Result{}, err
	}
	result := Result{Operations: make([]Operation, len(s.Actions))}
	err := s.each(ctx, len(s.Actions), func(ctx context.Context, i int) error {
		action := s.Actions[i]
		writes, err := s.record(ctx, planOf(action))
		if err != nil {
			return fmt.Errorf("%s: %w", action, err)
		}
		result.Operations[i] = Operation{Action: action, Writes: describe(writes, s.kindOf)}
		return nil
	})
	if err != nil {
		return Result{}, err
	}
	moments := momentsOf(result.Operations)
	states := make([][]State, len(moments))
	var progress progress
	err = s.each(ctx, len(moments), func(ctx context.Context, i int) (err error) {
		states[i], err = s.exhaust(ctx, moments[i])
		progress.tell(s.Told, states[i], len(moments))
		return err
	})
	for i, m := range moments {
		result.Operations[m.operation].States = append(result.Operations[m.operation].States, states[i]...)
	}
	return result, err
}

// progress counts what is done.
type progress struct {
	mu   sync.Mutex
	done int
}

func (p *progress) tell(told func(State, int), states []State, all int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	for _, s := range states {
		if told != nil {
			told(s, all-p.done)
		}
	}
}
