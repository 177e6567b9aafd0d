package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	manyCount     = 10
	manyLimit     = 24 << 30 // bytes of memory that ten may have
	manyBound     = 1.0      // of the time that they would take one after the other
	manyPerMemory = 1.1      // of ten times the memory of one
)

// many starts ten embedded control planes at once, and compares them with one that has the machine for itself.
func (b *bench) many(ctx context.Context) ([]row, error) {
	one := func(ctx context.Context) (start, error) {
		return b.measure(ctx, func(dir string, port int) (*plane, error) { return b.embedded(ctx, dir, port) })
	}
	var alone []start
	for range b.rounds {
		measured, err := one(ctx)
		if err != nil {
			return nil, fmt.Errorf("starting one control plane: %w", err)
		}
		alone = append(alone, measured)
	}
	together := make([]start, manyCount)
	group, groupCtx := errgroup.WithContext(ctx)
	for i := range together {
		group.Go(func() (err error) { together[i], err = one(groupCtx); return err })
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("starting %d control planes at once: %w", manyCount, err)
	}
	deployment := func(s start) time.Duration { return s.deployment }
	inTurn := manyCount * median(each(alone, deployment))
	last := slices.Max(each(together, deployment))
	memory, ofOne := memoryOf(together), manyCount*memoryOf(alone)/float64(len(alone))
	return []row{
		{
			what: fmt.Sprintf("embedded: a Deployment on each of %d at once, against one after the other", manyCount),
			ours: seconds(last), baseline: seconds(inTurn), ratio: last.Seconds() / inTurn.Seconds(), bound: manyBound,
		},
		{
			what: fmt.Sprintf("embedded: memory of %d at once, against %d times one", manyCount, manyCount),
			ours: megabytes(memory), baseline: megabytes(ofOne), ratio: memory / ofOne, bound: manyPerMemory,
		},
		{
			what: fmt.Sprintf("embedded: memory of %d at once, against the limit", manyCount),
			ours: megabytes(memory), baseline: megabytes(manyLimit), ratio: memory / manyLimit, bound: 1,
		},
	}, nil
}

func memoryOf(all []start) (bytes float64) {
	for _, s := range all {
		bytes += s.memory
	}
	return bytes
}

func megabytes(bytes float64) string {
	const mega = 1e6
	return fmt.Sprintf("%.0f MB", bytes/mega)
}
