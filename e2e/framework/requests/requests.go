// Package requests tells of each request to an API server: what was asked and how it was answered, and nothing that could
// be a secret.
package requests

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Request is one that was answered, or was not.
type Request struct {
	Method string
	// Path is that of the address, without the query, in which there can be the words of a command, and without what is
	// asked of whoever stands behind a proxy.
	Path string
	// Watch says that the answer has no end of its own. Its time is that until it began.
	Watch bool
	// Status is the code of the answer, or 0 if there was none.
	Status int
	Took   time.Duration
}

// String is the request on one line: what can be long comes last.
func (r Request) String() string {
	status := "none"
	if r.Status > 0 {
		status = fmt.Sprint(r.Status)
	}
	path := r.Path
	if r.Watch {
		path += " (watch)"
	}
	return fmt.Sprintf("%-6s %-4s %5d ms  %s", r.Method, status, r.Took.Milliseconds(), path)
}

// listener is the key of a function in a context.
type listener struct{}

// Tell returns a context whose requests are told to a function, which may be called by several goroutines at a time.
func Tell(ctx context.Context, hear func(Request)) context.Context {
	return context.WithValue(ctx, listener{}, hear)
}

// Carry returns a context whose requests are told to whoever hears those of another one: for code that makes requests with
// a context of its own.
func Carry(ctx, from context.Context) context.Context {
	hear, ok := from.Value(listener{}).(func(Request))
	if !ok {
		return ctx
	}
	return Tell(ctx, hear)
}

// Transport tells of all requests that go over another one, if somebody wants to hear of them: see [Tell]. Where one is
// wrapped around another, a request is told once.
func Transport(next http.RoundTripper) http.RoundTripper { return &transport{next: next} }

type transport struct{ next http.RoundTripper }

// WrappedRoundTripper lets client-go find the connections below.
func (t *transport) WrappedRoundTripper() http.RoundTripper { return t.next }

// told marks the context of a request of which a transport further out tells.
type told struct{}

// RoundTrip makes a request.
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	hear, wanted := ctx.Value(listener{}).(func(Request))
	if !wanted || ctx.Value(told{}) != nil {
		return t.next.RoundTrip(request)
	}
	start := time.Now()
	response, err := t.next.RoundTrip(request.WithContext(context.WithValue(ctx, told{}, true)))
	one := Request{Method: request.Method, Path: plain(request.URL.Path), Watch: watches(request), Took: time.Since(start)}
	if err == nil {
		one.Status = response.StatusCode
	}
	hear(one)
	return response, err
}

// plain leaves out what is asked of a pod, a Service or a node.
func plain(path string) string {
	const proxy = "/proxy/"
	if before, _, found := strings.Cut(path, proxy); found {
		return before + proxy + "…"
	}
	return path
}

func watches(request *http.Request) bool {
	value := request.URL.Query().Get("watch")
	return value == "true" || value == "1"
}
