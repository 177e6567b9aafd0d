package inprocess

import (
	"net/http"
	"strings"
)

// Named lets a part of Kubernetes speak under the name of its own program. The API server takes the beginning of the
// user agent for the manager of the fields that are written, and client-go makes that of the name of the process, which
// here is one for all parts.
type Named struct {
	Inner   http.RoundTripper
	Program string
}

// RoundTrip passes the request on with the program's name in the place of the process's.
func (n *Named) RoundTrip(r *http.Request) (*http.Response, error) {
	const agent = "User-Agent"
	_, rest, _ := strings.Cut(r.Header.Get(agent), "/")
	named := r.Clone(r.Context())
	named.Header.Set(agent, n.Program+"/"+rest)
	return n.Inner.RoundTrip(named)
}
