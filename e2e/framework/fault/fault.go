// Package fault breaks what is between a client and an API server, so that it can be seen what is left when a program dies
// in the middle of its work.
//
// It works at the HTTP transport: everything it makes is a [Wrapper], which is laid around a client's own transport. What a
// client of Helm sends, helm.Client.Through shows to a wrapper.
package fault

import (
	"net/http"
	"slices"
)

// Wrapper puts something between a client and its transport. rest.Config has the same type for what wraps its transport.
type Wrapper func(next http.RoundTripper) http.RoundTripper

// Chain lays wrappers around each other: the first one is nearest to the client, and sees a request first.
func Chain(wrappers ...Wrapper) Wrapper {
	return func(next http.RoundTripper) http.RoundTripper {
		for _, wrap := range slices.Backward(wrappers) {
			next = wrap(next)
		}
		return next
	}
}

// roundTripper is a function that makes requests.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

// IsWrite tells whether a request may change something.
func IsWrite(request *http.Request) bool {
	switch request.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, "":
		return false
	default:
		return true
	}
}
