// Command guestbook is the workshop's web application: a page on which visitors leave entries, kept in Redis.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"seatrial/tools/guestbook/internal/server"
	"seatrial/tools/guestbook/internal/settings"
	"seatrial/tools/guestbook/internal/store"
	"seatrial/tools/guestbook/internal/web"
)

// Both fit into the five seconds that the chart gives a pod to end.
const (
	defaultDrain = time.Second
	defaultGrace = 3 * time.Second
)

func main() {
	root := context.Background()
	ctx, stop := signal.NotifyContext(root, os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	err := run(ctx, process{args: os.Args[1:], environ: os.Environ(), lookup: os.LookupEnv, output: os.Stderr})
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "guestbook:", err)
		os.Exit(1)
	}
}

// process is what the operating system hands to the command.
type process struct {
	args    []string
	environ []string
	lookup  settings.Lookup
	output  io.Writer
	// listening, if set, is told the address that was bound.
	listening func(net.Addr)
}

// run puts the guestbook together and serves it until ctx ends.
func run(ctx context.Context, p process) (err error) {
	configured, err := settings.FromEnv(p.lookup)
	if err != nil {
		return err
	}
	flags := flag.NewFlagSet("guestbook", flag.ContinueOnError)
	flags.SetOutput(p.output)
	addr := flags.String("addr", configured.Addr, "address to listen on; the default follows PORT")
	drain := flags.Duration("drain", defaultDrain, "how long to go on serving, not ready, after SIGTERM")
	grace := flags.Duration("grace", defaultGrace, "how long requests under way may take after that")
	if err := flags.Parse(p.args); err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(p.output, nil))

	entries := open(ctx, configured, log)
	defer func() { err = errors.Join(err, entries.Close()) }()
	site := web.New(web.Options{Store: entries, Hostname: configured.Hostname, Environ: p.environ, Log: log})

	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err != nil {
		return fmt.Errorf("listening on %q: %w", *addr, err)
	}
	log.InfoContext(ctx, "listening", slog.String("addr", listener.Addr().String()), slog.String("master", configured.Master),
		slog.String("slave", configured.Slave), slog.Bool("inMemory", configured.InMemory()))
	if p.listening != nil {
		p.listening(listener.Addr())
	}
	return server.Server{Handler: site, OnDrain: site.Drain, Drain: *drain, Grace: *grace, Log: log}.Serve(ctx, listener)
}

// closingStore is a store that holds connections.
type closingStore interface {
	web.Store
	io.Closer
}

func open(ctx context.Context, configured settings.Settings, log *slog.Logger) closingStore {
	if configured.InMemory() {
		return store.NewMemory()
	}
	return store.OpenRedis(ctx, store.RedisOptions{
		Master:   configured.Master,
		Slave:    configured.Slave,
		Password: configured.Password,
		Log:      log,
	})
}
