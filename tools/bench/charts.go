package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/regression"
)

// Bounds of trying charts, as the project has set them for itself.
const (
	proofBound   = 1.1       // of the bare operations with waiting
	crowdBound   = 1 / 1.6   // of the same paths one after the other, on simulated nodes
	waitingBound = 1.0 / 3.0 // of the same paths one after the other, where pods take their time
)

const (
	crowdRevisions   = 13 // make 50 paths
	waitingRevisions = 3  // make 10
	chartTimeout     = 10 * time.Minute
)

// charts measures on simulated nodes what a proof costs, and what it brings to go paths side by side.
func (b *bench) charts(ctx context.Context) ([]row, error) {
	settings := b.settings
	settings.Provider = assets.Embedded
	return b.on(ctx, settings, func(on framework.Handle) ([]row, error) {
		proof, err := b.proof(ctx, on)
		if err != nil {
			return nil, err
		}
		crowd, err := b.abreast(ctx, on, crowd{
			chart: filepath.Join(b.root, "charts", "guestbook"), key: "replicaCount",
			revisions: crowdRevisions, parallel: 8, turns: b.rounds, bound: crowdBound,
		})
		return []row{proof, crowd}, err
	})
}

// waiting measures the same on real nodes, with a chart whose pods take some seconds to be ready.
func (b *bench) waiting(ctx context.Context) ([]row, error) {
	settings := b.settings
	settings.Provider = assets.Kind
	return b.on(ctx, settings, func(on framework.Handle) ([]row, error) {
		proof, err := b.proof(ctx, on)
		if err != nil {
			return nil, err
		}
		crowd, err := b.abreast(ctx, on, crowd{
			chart: filepath.Join(b.root, "tools", "bench", "testdata", "slow"), key: "colour",
			revisions: waitingRevisions, parallel: 10, turns: 1, bound: waitingBound, // It takes six minutes.
		})
		return []row{proof, crowd}, err
	})
}

// on brings up a cluster for a measurement.
func (b *bench) on(ctx context.Context, settings framework.Settings, measure func(framework.Handle) ([]row, error)) (_ []row, err error) {
	environment, err := framework.Open(ctx, framework.Options{Settings: settings, Suite: "bench"})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, environment.Close(context.WithoutCancel(ctx))) }()
	return measure(environment.Handle())
}

// proof compares install, upgrade and rollback with their proof to the bare operations with waiting. Both take turns in
// who is first.
func (b *bench) proof(ctx context.Context, on framework.Handle) (row, error) {
	chart, err := helm.Load(filepath.Join(b.root, "charts", "guestbook"))
	if err != nil {
		return row{}, err
	}
	lean, err := helm.ParseSet("redis.slaveEnabled=false,service.type=NodePort")
	if err != nil {
		return row{}, err
	}
	revisions := []regression.Revision{{Name: "defaults", Chart: chart}, {Name: "lean", Chart: chart, Values: lean}}
	sides := []func() (time.Duration, error){
		func() (time.Duration, error) { return proven(ctx, on, revisions) },
		func() (time.Duration, error) { return bare(ctx, on, revisions) },
	}
	series := make([][]time.Duration, len(sides))
	for round := range 2*b.rounds + 1 {
		for turn := range sides {
			side := (round + turn) % len(sides)
			took, err := sides[side]()
			if err != nil {
				return row{}, err
			}
			if round > 0 { // Whoever comes first pays for what a cluster does only once.
				series[side] = append(series[side], took)
			}
		}
		if round > 0 {
			tell("proof, round %d: proven %s, bare %s", round, seconds(series[0][round-1]), seconds(series[1][round-1]))
		}
	}
	what := on.Provider + ": install, upgrade and roll back with proof, against the bare operations and waiting"
	return against(what, series[0], series[1], proofBound), nil
}

// proven is how long it takes from nothing to the last proof of the path, without the uninstallation.
func proven(ctx context.Context, on framework.Handle, revisions []regression.Revision) (took time.Duration, err error) {
	start := time.Now()
	result, err := regression.Run(ctx, regression.Options{
		Revisions: revisions, Place: place(on), Timeout: chartTimeout, Select: isRollback,
		Told: func(e regression.Event) {
			if e.Step != nil && e.Step.Step.Action == regression.Rollback {
				took = time.Since(start)
			}
		},
	})
	if err != nil {
		return 0, err
	}
	path := result.Paths[0]
	if path.Verdict != regression.Passed {
		return 0, fmt.Errorf("the guestbook has faults: %v", path.Findings)
	}
	return took, nil
}

// isRollback picks the path of one upgrade and one rollback.
func isRollback(p regression.Path) bool {
	const steps = 4
	return len(p.Steps) == steps && p.Steps[2].Action == regression.Rollback
}

func place(on framework.Handle) regression.Place {
	return regression.Place{Kubeconfig: on.Kubeconfig, Features: on.Features, Discarded: true}
}

// crowd is many paths of one chart.
type crowd struct {
	chart     string
	key       string // a value that is another one in each revision
	revisions int
	parallel  int
	turns     int // how often each side runs; the median counts
	bound     float64
}

// abreast compares paths that go side by side with the same paths one after the other.
func (b *bench) abreast(ctx context.Context, on framework.Handle, c crowd) (row, error) {
	chart, err := helm.Load(c.chart)
	if err != nil {
		return row{}, err
	}
	options := regression.Options{Place: place(on), Timeout: chartTimeout}
	for i := range c.revisions {
		options.Revisions = append(options.Revisions, regression.Revision{
			Name: fmt.Sprint(i + 1), Chart: chart, Values: helm.Values{c.key: word(c.key, i)},
		})
	}
	paths := 0
	took := map[int][]time.Duration{}
	for range c.turns {
		for _, parallel := range []int{c.parallel, 1} {
			options.Parallel = parallel
			start := time.Now()
			result, err := regression.Run(ctx, options)
			if err != nil {
				return row{}, err
			}
			if result.Failed() {
				return row{}, fmt.Errorf("chart %q has faults: %v", c.chart, result.Findings())
			}
			paths, took[parallel] = len(result.Paths), append(took[parallel], time.Since(start))
			tell("%d paths, %d at a time: %s", paths, parallel, seconds(time.Since(start)))
		}
	}
	what := fmt.Sprintf("%s: %d paths of a chart, %d at a time, against one after the other", on.Provider, paths, c.parallel)
	return against(what, took[c.parallel], took[1], c.bound), nil
}

// word is a value for a revision that makes new pods, or other ones.
func word(key string, i int) any {
	const most = 3
	if key == "replicaCount" {
		return i%most + 1
	}
	return fmt.Sprintf("colour-%d", i)
}
