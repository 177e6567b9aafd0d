// Package store is etcd inside the process of the embedded control plane: one member that
// trusts its own disk, on a unix socket that only its owner can open.
package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"
)

// startTimeout is how long etcd may take until it answers; it takes 60 ms when idle.
const startTimeout = 30 * time.Second

// Config says where etcd keeps its data and is reached.
type Config struct {
	// Folder is where the data is.
	Folder string
	// Sockets is the folder of its socket, with a path short enough for one.
	Sockets string
	// Log takes what etcd says.
	Log *zap.Logger
}

// Etcd is a running etcd.
type Etcd struct{ server *embed.Etcd }

// Endpoint is where clients reach the etcd whose socket is in a folder.
func Endpoint(sockets string) string {
	socket := socketIn(sockets)
	return socket.String()
}

func socketIn(folder string) url.URL {
	return url.URL{Scheme: "unix", Path: filepath.Join(folder, "etcd.sock")}
}

// Start runs etcd and returns when it answers.
func Start(ctx context.Context, c Config) (*Etcd, error) {
	socket := socketIn(c.Sockets)
	config := embed.NewConfig()
	config.Dir = c.Folder
	config.Name = "embedded"
	config.ZapLoggerBuilder = embed.NewZapLoggerBuilder(c.Log)
	config.ListenClientUrls = []url.URL{socket}
	config.AdvertiseClientUrls = []url.URL{socket}
	alone(config)
	quick(config)
	if err := removeStale(socket.Path); err != nil {
		return nil, err
	}
	server, err := embed.StartEtcd(config)
	if err != nil {
		return nil, fmt.Errorf("starting etcd in %q: %w", c.Folder, err)
	}
	etcd := &Etcd{server: server}
	if err := etcd.await(ctx); err != nil {
		etcd.Close()
		return nil, fmt.Errorf("starting etcd in %q: %w", c.Folder, err)
	}
	return etcd, nil
}

func (e *Etcd) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	select {
	case <-e.server.Server.ReadyNotify():
		return nil
	case err := <-e.server.Err():
		return err
	case <-e.server.Server.StopNotify():
		return errors.New("it has stopped")
	case <-ctx.Done():
		return fmt.Errorf("waiting until it is its own leader: %w", context.Cause(ctx))
	}
}

// Failed tells when etcd ends by itself.
func (e *Etcd) Failed() <-chan error { return e.server.Err() }

// Close ends etcd at once. It does not wait for clients, which are in the same process and
// end with it: what was acknowledged is in the log, as after a kill.
func (e *Etcd) Close() {
	e.server.Server.HardStop()
	for _, listener := range e.server.Clients {
		_ = listener.Close()
	}
}

// removeStale removes the socket of an etcd that was killed; the lock of the data folder
// says that it is nobody's.
func removeStale(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing what an earlier run has left: %w", err)
	}
	return nil
}
