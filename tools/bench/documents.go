package main

import (
	"context"
	"fmt"
	"time"

	"seatrial/e2e/framework/workshop"
	"seatrial/e2e/framework/workshop/hostile"
)

const (
	documentSize  = 10_000_000 // bytes
	documentBound = 2 * time.Second
)

// documents reads ten megabytes of everything that nobody would write. The slowest counts, by the best of its rounds:
// what else runs on the machine only ever adds to it.
func (b *bench) documents(ctx context.Context) (row, error) {
	var slowest time.Duration
	var which string
	for _, name := range hostile.Names() {
		content := hostile.Document(name, documentSize)
		best := time.Hour
		for range b.rounds {
			if err := ctx.Err(); err != nil {
				return row{}, err
			}
			start := time.Now()
			// Some are refused as too much, which counts as read.
			_, _ = workshop.Parse("hostile.md", content)
			best = min(best, time.Since(start))
		}
		tell("document of %s: %s", name, best.Round(time.Millisecond))
		if best > slowest {
			slowest, which = best, name
		}
	}
	return row{
		what: fmt.Sprintf("10 MB of the slowest of %d hostile documents (%s), against the limit", len(hostile.Names()), which),
		ours: seconds(slowest), baseline: seconds(documentBound), ratio: slowest.Seconds() / documentBound.Seconds(), bound: 1,
	}, nil
}
