package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// replicaCheckInterval bounds how long a slave that is gone can be missed, and a new one go unused.
const replicaCheckInterval = 100 * time.Millisecond

// replica is the side of the slaves. A watch of its own asks whether they can be trusted, so that no reader waits
// for a slave that is missing.
type replica struct {
	open   func() *redis.Client
	client atomic.Pointer[redis.Client]
	log    *slog.Logger
	synced atomic.Bool
	stop   context.CancelFunc
	done   chan struct{}
}

// watchReplica starts the watch, which ends with close or with ctx.
func watchReplica(ctx context.Context, open func() *redis.Client, log *slog.Logger) *replica {
	ctx, cancel := context.WithCancel(ctx)
	watched := &replica{open: open, log: log, stop: cancel, done: make(chan struct{})}
	watched.client.Store(open())
	go func() {
		defer close(watched.done)
		watched.watch(ctx)
	}()
	return watched
}

func (r *replica) watch(ctx context.Context) {
	ticker := time.NewTicker(replicaCheckInterval)
	defer ticker.Stop()
	for {
		err := r.check(ctx)
		r.observe(ctx, err)
		if err != nil {
			r.renew()
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// renew forgets how often the slave could not be reached: after a few times in a row, a client of this library tries
// only once a second, and a slave that is back goes unused for as long.
func (r *replica) renew() {
	if err := r.client.Swap(r.open()).Close(); err != nil {
		r.log.Warn("closing connections to the slave", slog.Any("reason", err))
	}
}

// list reads from a slave, and reports false when the master must answer instead.
func (r *replica) list(ctx context.Context, key string) ([]string, bool) {
	if !r.synced.Load() {
		return nil, false
	}
	entries, err := r.client.Load().LRange(ctx, key, 0, -1).Result()
	if err != nil {
		// A reader who went away says nothing about the slave.
		if ctx.Err() == nil {
			r.observe(ctx, err)
		}
		return nil, false
	}
	return entries, true
}

// observe records whether the slave can be trusted and logs only what changed.
func (r *replica) observe(ctx context.Context, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	if r.synced.Swap(err == nil) == (err == nil) {
		return
	}
	if err != nil {
		r.log.WarnContext(ctx, "reading from the master", slog.Any("reason", err))
		return
	}
	r.log.InfoContext(ctx, "reading from the slave")
}

// check asks a slave whether its data is the master's: one that has just started, or has lost its master, may
// answer with an empty or an old list.
func (r *replica) check(ctx context.Context) error {
	info, err := r.client.Load().Info(ctx, "replication").Result()
	if err != nil {
		return fmt.Errorf("asking the Redis slave for its replication: %w", err)
	}
	return followsMaster(info)
}

// followsMaster reads the "replication" section of Redis' INFO.
func followsMaster(info string) error {
	fields := map[string]string{}
	for line := range strings.Lines(info) {
		if name, value, found := strings.Cut(strings.TrimRight(line, "\r\n"), ":"); found {
			fields[name] = value
		}
	}
	if role := fields["role"]; role != "slave" {
		return fmt.Errorf("the Redis slave has the role %q", role)
	}
	if link := fields["master_link_status"]; link != "up" {
		return fmt.Errorf("the Redis slave's link to its master is %q", link)
	}
	return nil
}

func (r *replica) close() error {
	r.stop()
	<-r.done
	return r.client.Load().Close()
}
