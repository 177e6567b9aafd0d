// Package web is the guestbook's HTTP face: its page, its lists of entries and what it tells about itself.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"

	"seatrial/tools/guestbook/internal/store"
)

// Headers that say who answered; the page shows them.
const (
	// ReadFromHeader names the source of a list: "slave", "master" or "memory".
	ReadFromHeader = "X-Seatrial-Read-From"
	// ServedByHeader names the process that answered.
	ServedByHeader = "X-Seatrial-Served-By"
)

// Store keeps lists of entries.
type Store interface {
	List(ctx context.Context, key string) (store.Listing, error)
	Append(ctx context.Context, key, value string) (store.Listing, error)
	Info(ctx context.Context) (string, error)
	Ready(ctx context.Context) error
}

// Options is what a site is made of.
type Options struct {
	// Store keeps the entries.
	Store Store
	// Hostname is shown to readers.
	Hostname string
	// Environ holds the "name=value" pairs that /env shows.
	Environ []string
	// Log is told about requests that could not be answered.
	Log *slog.Logger
}

// Site answers the guestbook's requests.
type Site struct {
	options  Options
	draining atomic.Bool
	mux      *http.ServeMux
}

// New returns a site.
func New(options Options) *Site {
	site := &Site{options: options, mux: http.NewServeMux()}
	// "..." lets an entry hold slashes, also as the only thing in it.
	routes := map[string]http.HandlerFunc{
		"GET /lrange/{key}":            site.list,
		"GET /rpush/{key}/{value...}":  site.append,
		"POST /rpush/{key}/{value...}": site.append,
		"POST /rpush/{key}":            site.appendForm,
		"HEAD /rpush/{key}/{value...}": refuseHead,
		"GET /info":                    site.info,
		"GET /env":                     site.environ,
		"GET /hello":                   site.hello,
		"GET /healthz":                 site.healthy,
		"GET /readyz":                  site.ready,
	}
	for pattern, handler := range routes {
		site.mux.Handle(pattern, dynamic(handler))
	}
	site.mux.Handle("GET /", static())
	return site
}

// ServeHTTP answers one request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set(ServedByHeader, s.options.Hostname)
	s.mux.ServeHTTP(w, r)
}

// Drain makes the site say that it is not ready, while it goes on answering.
func (s *Site) Drain() { s.draining.Store(true) }

// dynamic keeps answers that change out of every cache.
func dynamic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
