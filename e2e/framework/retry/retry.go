// Package retry repeats requests to an API server that got no proper answer, where repeating them can do no harm: reads, and
// whatever never reached the server. Writes that may have been served are not repeated: only their caller can tell whether
// that is right.
package retry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/requests"
)

const (
	// Attempts is how often a read is made at most. With the pauses between them that is about a second and a half.
	Attempts = 6
	// Patience is how long a server that has answered before may refuse connections, as one that is restarted does.
	Patience = 15 * time.Second
	// Obedience is how often a request is made at most of a server that says when to come again.
	Obedience = 10
	// AnswerTimeout bounds one attempt of a read, so that a request that got lost is made once more.
	AnswerTimeout = 20 * time.Second

	firstPause = 50 * time.Millisecond
	lastPause  = time.Second
)

// errNoAnswer ends an attempt that took too long.
var errNoAnswer = fmt.Errorf("no answer within %s", AnswerTimeout)

// Wrap makes the clients of a config repeat what can be repeated, and tell of each attempt: see package requests. A config
// that was wrapped twice repeats no more often.
func Wrap(cfg *rest.Config) {
	cfg.Wrap(requests.Transport)
	cfg.Wrap(Transport)
}

// Transport repeats what can be repeated over another one:
//
//   - reads that got a 429, 500, 502, 503 or 504, whose connection broke, also in the middle of the answer, or that were not
//     answered within [AnswerTimeout]: up to [Attempts] times;
//   - any request that got a 429 with a Retry-After, which the server has not looked at: up to [Obedience] times, each when it
//     says. A read is repeated when the server says whatever its answer is;
//   - any request that found nobody listening, if the server had answered before, until it has been gone for [Patience], and
//     any that is forbidden within that time: a server that has just been restarted does not know yet who may do what.
//
// Watches and other streams are repeated only until their answer begins. Questions for the server's health are asked once:
// whoever asks wants to know.
func Transport(next http.RoundTripper) http.RoundTripper { return &transport{next: next} }

type transport struct {
	next http.RoundTripper
	// answered tells that there was a server at all; a wrong address is no server that is restarted.
	answered atomic.Bool
	// gone is since when nobody has accepted a connection; nil while somebody does.
	gone atomic.Pointer[time.Time]
	// refused is when a connection was refused the last time; nil if never.
	refused atomic.Pointer[time.Time]
}

// WrappedRoundTripper lets client-go find the connections below.
func (t *transport) WrappedRoundTripper() http.RoundTripper { return t.next }

// RoundTrip makes a request, several times if need be.
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	if ctx.Value(claimed{}) != nil {
		return t.next.RoundTrip(request)
	}
	request = request.WithContext(context.WithValue(ctx, claimed{}, true))
	so, pause := effort{start: time.Now()}, firstPause
	for so.tries = 1; ; so.tries++ {
		response, err := t.once(request)
		tell(ctx, response, err)
		if !t.again(request, response, err, so.tries) {
			return unhurried(response, so.tries), so.told(err)
		}
		if response != nil {
			_ = response.Body.Close() // It is an error's; the next answer counts.
		}
		so.last = reasonOf(response, err)
		if !Pause(ctx, max(pause, wanted(response))) {
			return nil, so.told(context.Cause(ctx))
		}
		pause = min(2*pause, lastPause)
		if request, err = renewed(request); err != nil {
			return nil, err
		}
	}
}

// unhurried takes the Retry-After from an answer that was obeyed often enough: client-go would begin anew.
func unhurried(response *http.Response, tries int) *http.Response {
	if response != nil && tries > 1 {
		response.Header.Del("Retry-After")
	}
	return response
}

// claimed marks the context of a request that is repeated by a transport further out.
type claimed struct{}

// again tells whether to make a request once more, after so many tries.
func (t *transport) again(request *http.Request, response *http.Response, err error, tries int) bool {
	if err == nil {
		t.answered.Store(true)
		t.gone.Store(nil)
	}
	switch {
	case request.Context().Err() != nil, asksHealth(request):
		return false
	case request.Body != nil && request.Body != http.NoBody && request.GetBody == nil:
		return false
	case err != nil && isRefused(err):
		return t.answered.Load() && t.goneFor() < Patience
	case err == nil && (response.StatusCode == http.StatusForbidden || response.StatusCode == http.StatusUnauthorized):
		return t.justRestarted()
	case wanted(response) > 0 && (isRead(request) || response.StatusCode == http.StatusTooManyRequests):
		return tries < Obedience
	case !isRead(request), tries >= Attempts:
		return false
	case errors.Is(err, errNoAnswer):
		return tries == 1
	case err != nil:
		return !isFinal(err)
	default:
		return isPassing(response)
	}
}

// goneFor is how long nobody has accepted a connection, to somebody who has just seen that.
func (t *transport) goneFor() time.Duration {
	now := time.Now()
	t.refused.Store(&now)
	t.gone.CompareAndSwap(nil, &now)
	since := t.gone.Load()
	if since == nil {
		return 0 // Another request was answered this very moment.
	}
	return time.Since(*since)
}

// justRestarted tells whether the server was gone a moment ago.
func (t *transport) justRestarted() bool {
	last := t.refused.Load()
	return last != nil && time.Since(*last) < Patience
}

// renewed is the same request with its body from the start.
func renewed(request *http.Request) (*http.Request, error) {
	if request.GetBody == nil {
		return request, nil
	}
	body, err := request.GetBody()
	if err != nil {
		return nil, fmt.Errorf("reading the body of %s %s again: %w", request.Method, request.URL.Path, err)
	}
	request = request.WithContext(request.Context())
	request.Body = body
	return request, nil
}

// Pause waits before something is tried again, and reports false if the context has ended before.
func Pause(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// effort is what a request has cost so far, and why it was made again.
type effort struct {
	start time.Time
	tries int
	last  error
}

// told adds to an error what was tried in vain before.
func (e effort) told(err error) error {
	if err == nil || e.last == nil {
		return err
	}
	spent := time.Since(e.start).Round(time.Millisecond)
	if err.Error() == e.last.Error() {
		return fmt.Errorf("%w (tried %d times within %s)", err, e.tries, spent)
	}
	return fmt.Errorf("%w (tried %d times within %s; before: %w)", err, e.tries, spent, e.last)
}

// reasonOf is why a request had to be made again.
func reasonOf(response *http.Response, err error) error {
	if err != nil {
		return err
	}
	return errors.New(response.Status)
}
