package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/redis/go-redis/v9"
)

// Limits of one conversation with a Redis server. Together they stay below what a person at a web page, or a
// readiness probe of one second, is ready to wait.
const (
	dialTimeout   = 400 * time.Millisecond
	replyTimeout  = 500 * time.Millisecond
	poolTimeout   = time.Second
	readyTimeout  = 800 * time.Millisecond
	readyInterval = 50 * time.Millisecond
	idleTime      = time.Minute
	poolSize      = 8
	// slaveLifetime moves readers on to other slaves: a Service chooses a slave per connection, not per request.
	slaveLifetime = 10 * time.Second
)

// RedisOptions says where the Redis servers are.
type RedisOptions struct {
	// Master is the host and port of the server that takes the writes.
	Master string
	// Slave is the host and port of the servers to read from; empty reads from the master.
	Slave string
	// Password is sent to all servers unless it is empty.
	Password string
	// Log is told when reads move between slave and master.
	Log *slog.Logger
}

// RedisStore writes to a master and reads from a slave, or from the master while no slave can be trusted.
type RedisStore struct {
	master  *redis.Client
	replica *replica
}

// OpenRedis returns a store at once: servers are reached when they are needed, so none has to be there yet.
// The store must be closed; ctx only lends it values.
func OpenRedis(ctx context.Context, options RedisOptions) *RedisStore {
	opened := &RedisStore{master: newClient(options.Master, options.Password, 0)}
	if options.Slave != "" {
		open := func() *redis.Client { return newClient(options.Slave, options.Password, slaveLifetime) }
		opened.replica = watchReplica(context.WithoutCancel(ctx), open, options.Log)
	}
	return opened
}

// List returns the entries of a list, from a slave where that is possible.
func (r *RedisStore) List(ctx context.Context, key string) (Listing, error) {
	if r.replica != nil {
		if entries, ok := r.replica.list(ctx, key); ok {
			return Listing{Entries: entries, From: Slave}, nil
		}
	}
	entries, err := r.master.LRange(ctx, key, 0, -1).Result()
	if err != nil {
		return Listing{}, fmt.Errorf("reading list %q from the Redis master: %w", key, err)
	}
	return Listing{Entries: entries, From: Master}, nil
}

// Append adds an entry to the end of a list and returns the whole list as the master has it, because a slave may
// not have the new entry yet.
func (r *RedisStore) Append(ctx context.Context, key, value string) (Listing, error) {
	var list *redis.StringSliceCmd
	_, err := r.master.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.RPush(ctx, key, value)
		list = pipe.LRange(ctx, key, 0, -1)
		return nil
	})
	if err != nil {
		return Listing{}, fmt.Errorf("appending to list %q on the Redis master: %w", key, err)
	}
	return Listing{Entries: list.Val(), From: Master}, nil
}

// Info returns what the master says about itself.
func (r *RedisStore) Info(ctx context.Context) (string, error) {
	info, err := r.master.Info(ctx).Result()
	if err != nil {
		return "", fmt.Errorf("asking the Redis master for its info: %w", err)
	}
	return info, nil
}

// Ready succeeds when the master answers. It waits a moment for one that does not yet: who asks comes once a second, and
// would else learn of a master that has just come up to a second late.
func (r *RedisStore) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	var answer redis.Error
	for {
		err := r.master.Ping(ctx).Err()
		if err == nil {
			return nil
		}
		// What the master has answered tells more than that the time was over while it was asked again.
		if !errors.As(err, &answer) && answer != nil {
			err = answer
		}
		if !r.listens(ctx) {
			return fmt.Errorf("pinging the Redis master: %w", err)
		}
	}
}

// listens waits until the master takes connections, and reports false when ctx ends before. It does not ask the client,
// which, after a few times in a row, tries only once a second.
func (r *RedisStore) listens(ctx context.Context) bool {
	dialer := net.Dialer{Timeout: dialTimeout}
	for {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(readyInterval):
		}
		if connection, err := dialer.DialContext(ctx, "tcp", r.master.Options().Addr); err == nil {
			return connection.Close() == nil
		}
	}
}

// Close ends the watch on the slave and closes all connections.
func (r *RedisStore) Close() error {
	var errs []error
	if r.replica != nil {
		errs = append(errs, r.replica.close())
	}
	errs = append(errs, r.master.Close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing connections to Redis: %w", err)
	}
	return nil
}

// newClient returns a client that never repeats a command: a repeated RPUSH would add an entry twice, and a failed
// read has the master to go to.
func newClient(addr, password string, lifetime time.Duration) *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr:                  addr,
		ClientName:            "guestbook",
		Password:              password,
		MaxRetries:            -1,
		DialTimeout:           dialTimeout,
		ReadTimeout:           replyTimeout,
		WriteTimeout:          replyTimeout,
		ContextTimeoutEnabled: true,
		PoolSize:              poolSize,
		PoolTimeout:           poolTimeout,
		ConnMaxIdleTime:       idleTime,
		ConnMaxLifetime:       lifetime,
		DisableIdentity:       true,
	})
}
