package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"seatrial/e2e/framework/match"
	outputs "seatrial/e2e/framework/match/hostile"
	"seatrial/e2e/framework/workshop"
	"seatrial/e2e/framework/workshop/hostile"
)

const (
	documentSize  = 10_000_000 // bytes
	documentBound = 2 * time.Second
)

// documents reads ten megabytes of everything that nobody would write.
func (b *bench) documents(ctx context.Context) (row, error) {
	return b.slowest(ctx, "documents", hostile.Names(), func(name string) func() {
		content := hostile.Document(name, documentSize)
		// Some are refused as too much, which counts as read.
		return func() { _, _ = workshop.Parse("hostile.md", content) }
	})
}

// outputs compares ten megabytes of everything that nothing would print with ten others.
func (b *bench) outputs(ctx context.Context) (row, error) {
	return b.slowest(ctx, "outputs", outputs.Names(), func(name string) func() {
		input := outputs.Inputs()[name]
		want, got := input(outputs.Want, documentSize), input(outputs.Got, documentSize)
		return func() { match.Compare(want, got, match.Options{}) }
	})
}

// slowest does each of several things, which it prepares, and tells of the slowest. That counts by the best of its
// rounds: what else runs on the machine only ever adds to it. What is no slower than another one needs no more rounds.
func (b *bench) slowest(ctx context.Context, what string, all []string, prepare func(name string) func()) (row, error) {
	var slowest time.Duration
	var which string
	for _, name := range all {
		do := prepare(name)
		best := time.Hour
		for round := 0; round < b.rounds && best > slowest; round++ {
			if err := ctx.Err(); err != nil {
				return row{}, err
			}
			runtime.GC() // what the last one has left behind
			start := time.Now()
			do()
			best = min(best, time.Since(start))
		}
		tell("%s of %s: %s", what, name, best.Round(time.Millisecond))
		if best > slowest {
			slowest, which = best, name
		}
	}
	return row{
		what: fmt.Sprintf("10 MB of the slowest of %d hostile %s (%s), against the limit", len(all), what, which),
		ours: seconds(slowest), baseline: seconds(documentBound), ratio: slowest.Seconds() / documentBound.Seconds(), bound: 1,
	}, nil
}
