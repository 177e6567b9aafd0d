package embedded

import (
	"context"
	"fmt"
	"time"

	"seatrial/tools/distro/embedded/seed"
	"seatrial/tools/distro/embedded/store"
)

const (
	// quietFor is how long nothing may be added before a first start is taken for done.
	quietFor = 3 * time.Second
	// quietTimeout is how long to wait for that.
	quietTimeout  = time.Minute
	quietInterval = 100 * time.Millisecond
)

// WriteSeed starts a control plane without seed, and writes what it has then created as the
// seed of this version of Kubernetes into a folder.
func WriteSeed(ctx context.Context, o Options, folder string) error {
	entries, err := firstStart(ctx, o)
	if err != nil {
		return fmt.Errorf("making the seed of Kubernetes %s: %w", Version(), err)
	}
	return seed.Write(folder, Version(), entries)
}

// firstStart returns what a first start without seed creates.
func firstStart(ctx context.Context, o Options) ([]seed.Entry, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	began := time.Now()
	var entries []seed.Entry
	o.unseeded = true
	o.inspect = func(ctx context.Context, etcd *store.Etcd) error {
		stored, err := settled(ctx, etcd)
		if err != nil {
			return err
		}
		entries, err = seed.Make(stored, began)
		cancel()
		return err
	}
	return entries, Run(ctx, o, func(Ready) {})
}

// settled waits until nothing is added to the store any more, and returns what it has.
func settled(ctx context.Context, etcd *store.Etcd) ([]seed.Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, quietTimeout)
	defer cancel()
	ticker := time.NewTicker(quietInterval)
	defer ticker.Stop()
	count, since := 0, time.Now()
	for {
		stored, err := etcd.Keys(ctx)
		if err != nil {
			return nil, err
		}
		if len(stored) != count {
			count, since = len(stored), time.Now()
		}
		if time.Since(since) > quietFor {
			return stored, nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting until nothing is added to the store: %w", context.Cause(ctx))
		}
	}
}
