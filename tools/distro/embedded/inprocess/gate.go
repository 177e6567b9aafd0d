package inprocess

import (
	"context"
	"net/http"
	"strings"
)

// Gate holds requests back that ask which groups the server has, until it knows them all:
// a garbage collector that starts with half of them waits 30 s for the next look.
type Gate struct {
	// Inner carries the requests.
	Inner http.RoundTripper
	// Open is closed when the server knows all of its groups.
	Open <-chan struct{}
}

// RoundTrip implements [http.RoundTripper].
func (g *Gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if discovers(r.URL.Path) {
		select {
		case <-g.Open:
		case <-r.Context().Done():
			return nil, context.Cause(r.Context())
		}
	}
	return g.Inner.RoundTrip(r)
}

// discovers knows the paths /api, /api/v1, /apis, /apis/GROUP and /apis/GROUP/VERSION.
func discovers(path string) bool {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch parts[0] {
	case "api":
		return len(parts) <= 2
	case "apis":
		return len(parts) <= 3
	default:
		return false
	}
}
