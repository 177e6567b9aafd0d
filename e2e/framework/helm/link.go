package helm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	"seatrial/e2e/framework/requests"
)

// link carries the requests of one operation. Helm's actions take no context, or drop
// it, and go on in the background; but every request they make passes here and ends
// when the operation's context ends, so that an action can be waited for.
type link struct {
	ctx  context.Context //nolint:containedctx // The transport is where the context meets code that knows none.
	next http.RoundTripper
	// lost is why the newest request got no answer, nil if it got one.
	lost atomic.Pointer[error]
}

// RoundTrip makes a request that ends with the link's context and, unless it is a
// watch, after RequestTimeout.
func (l *link) RoundTrip(request *http.Request) (*http.Response, error) {
	if over := context.Cause(l.ctx); over != nil { //nolint:contextcheck // Two contexts meet here.
		if request.Body != nil {
			_ = request.Body.Close() // As a transport has to; there is nothing to be lost.
		}
		return nil, over
	}
	ctx, cancel := context.WithCancelCause(requests.Carry(request.Context(), l.ctx))
	unbind := context.AfterFunc(l.ctx, func() { cancel(context.Cause(l.ctx)) }) //nolint:contextcheck // As above.
	release := func() {
		unbind()
		cancel(nil)
	}
	if !isWatch(request) {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, RequestTimeout, errNoAnswer)
		release = func() {
			unbind()
			stop()
			cancel(nil)
		}
	}
	response, err := l.next.RoundTrip(strict(request.Clone(ctx)))
	if err != nil {
		// What was tried before the end, if the error tells, is worth knowing.
		if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
			err = cause
		}
		release()
		l.lost.Store(&err)
		return nil, err
	}
	l.lost.Store(nil)
	response.Body = &body{ReadCloser: response.Body, ctx: ctx, link: l, release: release}
	return response, nil
}

// unreachable returns why the newest request got no answer, or nil.
func (l *link) unreachable() error {
	if lost := l.lost.Load(); lost != nil {
		return *lost
	}
	return nil
}

var errNoAnswer = fmt.Errorf("no answer within %s", RequestTimeout)

// body ends its request's context when closed, and tells the context's cause instead
// of the transport's own error.
type body struct {
	io.ReadCloser

	ctx     context.Context //nolint:containedctx // It is the request's, as in http.Request.
	link    *link
	release func()
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // Readers return io.EOF itself.
		if cause := context.Cause(b.ctx); cause != nil {
			err = cause
		}
		b.link.lost.Store(&err)
	}
	return n, err
}

func (b *body) Close() error {
	defer b.release()
	return b.ReadCloser.Close()
}

func isWatch(request *http.Request) bool {
	value := request.URL.Query().Get("watch")
	return value == "true" || value == "1"
}

// strict asks the API server to refuse objects with unknown and repeated fields. Helm
// means to check that before it sends them, but skips the check for servers that can do
// it themselves, and then does not ask them to: a misspelt field is dropped without a
// word. The field manager is the helm command's, not the name of the test binary, so
// that both may work on one release.
func strict(request *http.Request) *http.Request {
	switch request.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
	default:
		return request
	}
	query := request.URL.Query()
	query.Set("fieldValidation", "Strict")
	query.Set("fieldManager", "helm")
	request.URL.RawQuery = query.Encode()
	return request
}
