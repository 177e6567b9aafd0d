package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/engine"
)

const (
	// engineTimeout bounds the survey of the engines together, which has bounds of its own for each.
	engineTimeout = 90 * time.Second
	// storeTimeout bounds the question whether an engine has the node image.
	storeTimeout = 10 * time.Second
	// clusterTimeout bounds the look at a cluster of the user's.
	clusterTimeout = 15 * time.Second
	// browserTimeout bounds the start of a browser.
	browserTimeout = 20 * time.Second
	// programTimeout bounds what a program takes to say its version.
	programTimeout = 10 * time.Second
	// grace is what a look that is given up has to clean up in: programs it started, containers, and temporary files.
	grace = 3 * time.Second

	anyProvider = assets.Auto
	easiest     = assets.Embedded // needs nothing that root has to install
)

// Examine looks at this machine with the eyes of a run that has these settings. Each look has a limit of its own and
// changes nothing: an engine that nobody has tried yet is tried with a container, which is removed again. The error
// says that it was cancelled; all else that goes wrong is a finding.
func Examine(ctx context.Context, s framework.Settings) (Diagnosis, error) {
	x := &examination{settings: s}
	x.load()
	var group sync.WaitGroup
	group.Go(func() { x.survey(ctx) })
	group.Go(func() { x.existing = x.userCluster(ctx) })
	group.Go(func() { x.programs = x.examinePrograms(ctx) })
	group.Go(func() { x.browser = x.findBrowser(ctx) })
	group.Go(func() { x.machine = x.examineMachine(ctx) })
	group.Wait()
	x.findNodeImage(ctx)
	if ctx.Err() != nil {
		return Diagnosis{}, fmt.Errorf("looking at this machine: %w", context.Cause(ctx))
	}
	return x.diagnosis(), nil
}

// examination is what is known so far.
type examination struct {
	settings framework.Settings
	prepared assets.Assets
	// forAuto says that a run which names no provider finds what is prepared; unprepared why nothing is.
	forAuto    bool
	unprepared error

	engines   []engine.Finding
	host      engine.Host
	enginesIn error // why the engines are not known

	nodes    Check // the node image
	existing Check
	browser  Check
	programs []Check
	machine  []Check
}

// load finds what is prepared, for nodes or else without them.
func (x *examination) load() {
	want := x.settings.Want
	if want.NoNodes() {
		want.Provider = anyProvider
	}
	x.prepared, x.unprepared = assets.Load(want)
	x.forAuto = x.unprepared == nil
	if errors.Is(x.unprepared, assets.ErrNotPrepared) {
		want.Provider = assets.Embedded
		if bare, err := assets.Load(want); err == nil {
			x.prepared, x.unprepared = bare, nil
		}
	}
}

func (x *examination) survey(ctx context.Context) {
	type survey struct {
		engines []engine.Finding
		host    engine.Host
		err     error
	}
	found := within(ctx, engineTimeout, func(ctx context.Context) survey {
		cache, err := assets.Cache()
		if err != nil {
			return survey{err: err}
		}
		var s survey
		s.engines, s.host, s.err = engine.Survey(ctx, engine.Options{Dir: filepath.Join(cache, "engine")})
		return s
	}, func(err error) survey { return survey{err: err} })
	x.engines, x.host, x.enginesIn = found.engines, found.host, found.err
}

// within does something for a limited time, and gives up on what does not heed its context soon after.
func within[T any](ctx context.Context, limit time.Duration, do func(context.Context) T, late func(error) T) T {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %s", limit))
	defer cancel()
	done := make(chan T, 1)
	go func() { done <- do(ctx) }()
	select {
	case found := <-done:
		return found
	case <-ctx.Done():
	}
	select {
	case <-done:
	case <-time.After(grace):
	}
	return late(context.Cause(ctx))
}

// engine is the one that nodes would run in: that whose store has their image, and else the first that can.
func (x *examination) engine() *engine.Engine {
	wanted := cmp.Or(x.prepared.Engine, x.settings.Engine)
	for _, found := range x.engines {
		if found.Engine != nil && (wanted == "" || wanted == engine.Auto || found.Name == wanted) {
			return found.Engine
		}
	}
	return nil
}

func (x *examination) diagnosis() Diagnosis {
	d := Diagnosis{
		Version: Version, Asked: cmp.Or(x.settings.Provider, anyProvider),
		Engines: x.engineChecks(), Prepared: slices.Concat([]Check{x.nodes}, x.programs, []Check{x.browser}), Machine: x.machine,
	}
	if x.enginesIn == nil {
		d.Machine = append(d.Machine, Check{Name: "rights", State: OK, Detail: x.host.String()})
	}
	kind, embedded := x.kind(), x.embedded()
	d.Providers = []Check{kind, embedded, x.existing}
	d.Usable = slices.ContainsFunc(d.Providers, func(c Check) bool {
		return c.State == OK && (d.Asked == anyProvider || d.Asked == c.Name)
	})
	switch {
	case !x.forAuto:
	case kind.State == OK:
		d.Choice = kind.Name
	case embedded.State == OK:
		d.Choice = embedded.Name
	}
	return d
}
