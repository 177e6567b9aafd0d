package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/crash"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/regression"
)

// Bounds of the sweep of crash points, as the project has set them for itself.
const (
	sweepLimit    = 2 * time.Minute
	sweepInFlight = 8 // crashes at a time for each processor
)

// crashes measures on simulated nodes how long it takes to kill every operation of the guestbook at each of its writes, and
// to try every way back.
func (b *bench) crashes(ctx context.Context) ([]row, error) {
	settings := b.settings
	settings.Provider = assets.Embedded
	return b.on(ctx, settings, func(on framework.Handle) ([]row, error) {
		return b.on(ctx, settings, func(beside framework.Handle) ([]row, error) { return b.crashesOn(ctx, on, beside) })
	})
}

// crashesOn shares the operations out among two control planes.
func (b *bench) crashesOn(ctx context.Context, on, beside framework.Handle) ([]row, error) {
	chart, err := helm.Load(filepath.Join(b.root, "charts", "guestbook"))
	if err != nil {
		return nil, err
	}
	lean, err := helm.ParseSet("redis.slaveEnabled=false,service.type=NodePort")
	if err != nil {
		return nil, err
	}
	start := time.Now()
	result, err := crash.Sweep(ctx, crash.Options{
		First: regression.Revision{Name: "defaults", Chart: chart}, Second: regression.Revision{Name: "lean", Chart: chart, Values: lean},
		Place: place(on), Beside: []regression.Place{place(beside)}, Parallel: sweepInFlight * runtime.NumCPU(),
	})
	if err != nil {
		return nil, err
	}
	took := time.Since(start)
	points, ways := 0, 0
	for _, s := range result.States() {
		points += len(s.Points)
		ways += len(s.Recoveries)
	}
	return []row{{
		what: fmt.Sprintf("every guestbook operation killed at %d points, and %d ways back, against the limit", points, ways),
		ours: seconds(took), baseline: seconds(sweepLimit), ratio: took.Seconds() / sweepLimit.Seconds(), bound: 1,
	}}, nil
}
