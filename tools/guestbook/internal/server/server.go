// Package server serves HTTP until it is told to stop, and lets requests under way finish.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits on one connection, so that a slow or silent client cannot hold it for ever.
const (
	headerTimeout  = 5 * time.Second
	requestTimeout = 10 * time.Second
	idleTimeout    = time.Minute
	maxHeaderBytes = 64 << 10
)

// Server answers HTTP requests with a handler.
type Server struct {
	// Handler answers the requests.
	Handler http.Handler
	// OnDrain, if set, is called first when the server has to stop; requests are still served after it.
	OnDrain func()
	// Drain is how long requests are served after OnDrain: time for load balancers to notice.
	Drain time.Duration
	// Grace is how long requests under way may take after that.
	Grace time.Duration
	// Log receives what the HTTP server has to complain about.
	Log *slog.Logger
}

// Serve answers requests on the listener until ctx ends. It returns nil after an orderly stop, and the listener is
// closed in any case.
func (s Server) Serve(ctx context.Context, listener net.Listener) error {
	web := &http.Server{
		Handler:           s.Handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       requestTimeout,
		WriteTimeout:      requestTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(listener) }()

	select {
	case err := <-ended:
		return fmt.Errorf("serving on %q: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	s.drain(ctx)

	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Grace)
	defer cancel()
	if err := web.Shutdown(ctx); err != nil {
		err = fmt.Errorf("waiting %s for requests under way: %w", s.Grace, err)
		return errors.Join(err, web.Close())
	}
	return nil
}

// drain goes on serving for a while after saying that the end is near.
func (s Server) drain(ctx context.Context) {
	s.Log.InfoContext(ctx, "stopping", slog.Duration("drain", s.Drain), slog.Duration("grace", s.Grace))
	if s.OnDrain != nil {
		s.OnDrain()
	}
	if s.Drain > 0 {
		<-time.After(s.Drain)
	}
}
