package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/retry"
)

// errReset asks for the client's connection to be reset.
var errReset = errors.New("reset on purpose")

// injector fails requests on their way to the API server, and answers on their way back.
type injector struct {
	proxy *Proxy
	next  http.RoundTripper
}

// RoundTrip makes a request, or fails it as the plan says.
func (i *injector) RoundTrip(r *http.Request) (*http.Response, error) {
	rule := i.proxy.note(r)
	if rule == nil {
		return i.next.RoundTrip(r)
	}
	switch rule.Fault {
	case Throttled:
		return refusal(r, http.StatusTooManyRequests, "1"), nil
	case Failing:
		return refusal(r, http.StatusInternalServerError, ""), nil
	case Reset:
		return nil, errReset
	case Silent:
		<-r.Context().Done()
		return nil, context.Cause(r.Context())
	default:
		return i.after(r, rule)
	}
}

// after lets the API server do what is asked, and fails the answer.
func (i *injector) after(r *http.Request, rule *Rule) (*http.Response, error) {
	response, err := i.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	switch rule.Fault {
	case GatewayTimeout:
		if err := spend(response); err != nil {
			return nil, err
		}
		return refusal(r, http.StatusGatewayTimeout, ""), nil
	case ResetServed:
		return nil, errors.Join(errReset, spend(response))
	case Torn:
		response.Body = &torn{ReadCloser: response.Body, left: tornAfter}
	case Slow:
		if !retry.Pause(r.Context(), rule.Delay) {
			_ = response.Body.Close() // Nobody wants it any more.
			return nil, context.Cause(r.Context())
		}
	case WatchStale:
		response.Body = &stale{ReadCloser: response.Body, held: held(r.Context(), rule.Delay)}
	case WatchClosed:
		response.Body = newShort(response.Body, rule.Delay)
	default:
	}
	return response, nil
}

// note counts a request and tells the rule that hits it.
func (p *Proxy) note(r *http.Request) *Rule {
	key := r.Method + " " + r.URL.Path + " " + kindOf(r).String()
	p.mu.Lock()
	defer p.mu.Unlock()
	rule := p.plan.pick(r, p.seen[key], p.hits)
	p.seen[key]++
	p.requests++
	if rule != nil {
		p.injected = append(p.injected, Injection{Fault: rule.Fault, Method: r.Method, Path: r.URL.Path, Served: rule.Fault.served()})
	}
	return rule
}

// served tells whether the API server has done what was asked when a fault is met.
func (f Fault) served() bool {
	switch f {
	case Throttled, Failing, Reset, Silent:
		return false
	default:
		return true
	}
}

// refusal is an answer as an API server that is in trouble, or a load balancer before it, gives it.
func refusal(r *http.Request, code int, after string) *http.Response {
	if r.Body != nil {
		_ = r.Body.Close() // As a transport has to.
	}
	text := http.StatusText(code)
	response := &http.Response{
		Status: text, StatusCode: code, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(strings.NewReader(text)), ContentLength: int64(len(text)),
	}
	if after != "" {
		response.Header.Set("Retry-After", after)
	}
	return response
}

// spend reads an answer to its end: only then has the server done its part. A watch has none.
func spend(response *http.Response) error {
	if kindOf(response.Request) == Watches {
		return response.Body.Close()
	}
	_, err := io.Copy(io.Discard, response.Body)
	return errors.Join(err, response.Body.Close())
}

// answerError is what a client gets when there is no answer to pass on.
func answerError(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errReset) {
		reset(r)
	}
	http.Error(w, "the proxy got no answer: "+err.Error(), http.StatusBadGateway)
}

type connection struct{}

// withConnection remembers the connection of a request, which has to be known to reset it.
func withConnection(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connection{}, c)
}

// reset ends the connection of a request in a way that its client notices, and the request.
func reset(r *http.Request) {
	if secure, ok := r.Context().Value(connection{}).(*tls.Conn); ok {
		if plain, ok := secure.NetConn().(*net.TCPConn); ok {
			_ = plain.SetLinger(0) // It is about to be closed: with this, by a reset.
			_ = plain.Close()
		}
	}
	panic(http.ErrAbortHandler) // The server's own word for an answer that is not to be completed.
}

// way leads to the API server: requests that switch to another protocol need HTTP/1.1, and all others share connections.
type way struct {
	usual, upgrade http.RoundTripper
}

func newWay(config *rest.Config) (*way, error) {
	usual, err := rest.TransportFor(config)
	if err != nil {
		return nil, err
	}
	old := rest.CopyConfig(config)
	old.NextProtos = []string{"http/1.1"}
	upgrade, err := rest.TransportFor(old)
	if err != nil {
		return nil, err
	}
	return &way{usual: usual, upgrade: upgrade}, nil
}

// RoundTrip makes a request.
func (w *way) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Upgrade") != "" {
		return w.upgrade.RoundTrip(r)
	}
	return w.usual.RoundTrip(r)
}
