package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/cluster/kind"
)

// keptLimit is how long the second run may wait for the cluster of the first.
const keptLimit = time.Second

// kept takes a kept cluster over again and again. It is one of its own: those of the user's
// stay what they are.
func (b *bench) kept(ctx context.Context) (result row, err error) {
	provider, err := kind.New(b.engine, kind.Options{Dir: filepath.Join(b.work, "kept")})
	if err != nil {
		return row{}, err
	}
	spec := cluster.Spec{Name: "bench", Keep: true, NodeImage: b.prepared.NodeImage}
	made, err := provider.Create(ctx, spec)
	if err != nil {
		return row{}, err
	}
	defer func() { err = errors.Join(err, made.Delete(context.WithoutCancel(ctx))) }()
	var all []time.Duration
	for range b.rounds {
		start := time.Now()
		if _, err := provider.Create(ctx, spec); err != nil {
			return row{}, err
		}
		all = append(all, time.Since(start))
	}
	took := median(all)
	return row{
		what: "a kept kind cluster, ready again, against the limit", ours: seconds(took), baseline: seconds(keptLimit),
		ratio: took.Seconds() / keptLimit.Seconds(), bound: 1,
	}, nil
}
