package crash

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/regression"
)

// sweep is what all crashes of a chart share.
type sweep struct {
	Options

	api *objects.Client
	// manifests are the objects of each revision, and references how they are on a release that never crashed.
	manifests  map[goal][]*unstructured.Unstructured
	references map[goal]reference
	// standIns are what programs of the chart have to make before its pods can start.
	standIns []regression.StandIn
	// wide tells that the chart has objects outside of the release's namespace, or takes what there is only once, such as a
	// port of the nodes.
	wide bool
	// lane lets those pass one by one that would meet there.
	lane sync.Mutex
}

func open(ctx context.Context, o Options) (*sweep, error) {
	config, err := cluster.LoadRESTConfig(o.Place.Kubeconfig)
	if err != nil {
		return nil, err
	}
	api, err := objects.Connect(ctx, config)
	if err != nil {
		return nil, err
	}
	s := &sweep{Options: o, api: api, manifests: map[goal][]*unstructured.Unstructured{}, references: map[goal]reference{}}
	if err := s.survey(ctx); err != nil {
		api.Close()
		return nil, err
	}
	return s, nil
}

// survey renders both revisions, and looks whether they have something outside of the release's namespace.
func (s *sweep) survey(ctx context.Context) error {
	const nowhere = "seatrial-rendered"
	client, err := helm.New(helm.Options{Kubeconfig: s.Place.Kubeconfig, Namespace: nowhere})
	if err != nil {
		return err
	}
	for which, revision := range map[goal]regression.Revision{first: s.First, second: s.Second} {
		rendered, err := regression.Render(ctx, client, revision, s.Release)
		if err != nil {
			return err
		}
		all, err := rendered.Objects()
		if err != nil {
			return fmt.Errorf("revision %q: %w", revision.Name, err)
		}
		definitions, err := revision.Chart.Definitions()
		if err != nil {
			return fmt.Errorf("revision %q: %w", revision.Name, err)
		}
		s.standIns = append(s.standIns, regression.StandIns(all)...)
		s.wide = s.wide || len(definitions) > 0 || slices.ContainsFunc(all, regression.Exclusive)
		for _, u := range all {
			placed, _, err := s.api.Place(u, nowhere)
			s.wide = s.wide || err != nil || placed.GetNamespace() != nowhere
		}
		if s.manifests[which], err = (helm.Release{Name: s.Release, Manifest: rendered.Manifest}).Objects(); err != nil {
			return fmt.Errorf("revision %q: %w", revision.Name, err)
		}
	}
	return nil
}

// each does n things, as many at a time as were asked for, until one gives an error.
func (s *sweep) each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(s.Parallel)
	for i := range n {
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return do(ctx, i)
		})
	}
	return group.Wait()
}

// within does something in a new room.
func (s *sweep) within(ctx context.Context, do func(ctx context.Context, r *room) error) (err error) {
	place := s.Place
	if s.wide && s.Fresh != nil {
		fresh, leave, err := s.Fresh(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, leave(context.WithoutCancel(ctx))) }()
		place = fresh
	} else if s.wide {
		s.lane.Lock()
		defer s.lane.Unlock()
	}
	r, err := s.openRoom(ctx, place)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close(ctx)) }()
	return do(ctx, r)
}

// record finds out what an operation writes when nobody stops it.
func (s *sweep) record(ctx context.Context, p plan) ([]fault.Write, error) {
	recorder := fault.NewRecorder()
	err := s.within(ctx, func(ctx context.Context, r *room) error {
		if err := s.all(ctx, r.helm, p.before); err != nil {
			return err
		}
		return s.do(ctx, r.helm.Through(recorder.Wrap), p.step)
	})
	return recorder.Writes(), err
}

// crash comes to a point and dies there; then it does something in what is left.
func (s *sweep) crash(ctx context.Context, p plan, cut fault.Cut, then func(ctx context.Context, r *room) error) error {
	return s.within(ctx, func(ctx context.Context, r *room) error {
		if err := s.all(ctx, r.helm, p.before); err != nil {
			return err
		}
		cutter := fault.NewCutter(cut)
		died := s.do(ctx, r.helm.Through(cutter.Wrap), p.step)
		if !cutter.Happened() {
			return errors.Join(fmt.Errorf("%s makes another number of writes each time: it was not killed %s", p.action, cut), died)
		}
		return then(ctx, r)
	})
}

// kindOf is the kind that a resource in a URL stands for.
func (s *sweep) kindOf(resource string) string {
	for _, k := range s.api.Kinds() {
		if k.Resource == resource {
			return k.Kind
		}
	}
	return resource
}
