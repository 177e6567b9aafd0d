package fault

import (
	"context"
	"net/http"
	"slices"
	"sync"
)

// Recorder writes down every write that passes. It lets them pass one at a time, in the order in which they come: a client
// that sends several side by side is then at one place of the list at any time. Make one with [NewRecorder].
type Recorder struct {
	turn chan struct{}

	mu     sync.Mutex
	writes []Write
}

// NewRecorder returns a recorder that has seen nothing.
func NewRecorder() *Recorder { return &Recorder{turn: make(chan struct{}, 1)} }

// Writes are those that were sent so far, in their order.
func (r *Recorder) Writes() []Write {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.writes)
}

// Wrap is a [Wrapper].
func (r *Recorder) Wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		if !IsWrite(request) {
			return next.RoundTrip(request)
		}
		return r.pass(request, next)
	})
}

// pass makes a write when its turn has come.
func (r *Recorder) pass(request *http.Request, next http.RoundTripper) (*http.Response, error) {
	if err := r.take(request.Context()); err != nil {
		discard(request)
		return nil, err
	}
	defer r.give()
	return r.send(request, next)
}

func (r *Recorder) take(ctx context.Context) error {
	select {
	case r.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (r *Recorder) give() { <-r.turn }

// send makes a write and notes it, whatever becomes of it.
func (r *Recorder) send(request *http.Request, next http.RoundTripper) (*http.Response, error) {
	request = request.Clone(request.Context()) // A transport must not change what it is given.
	write, err := parse(request)
	if err != nil {
		return nil, err
	}
	response, err := next.RoundTrip(request)
	if err == nil {
		write.Code = response.StatusCode
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writes = append(r.writes, write)
	return response, err
}

// discard closes the body of a request that is not made, as a transport has to.
func discard(request *http.Request) {
	if request.Body != nil {
		_ = request.Body.Close() // There is nothing to be lost.
	}
}
