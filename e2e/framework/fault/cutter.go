package fault

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

// ErrCut is what a client gets from the moment on at which it was cut off.
var ErrCut = errors.New("the connection was cut on purpose")

// Moment is where a client is cut off in relation to one of its writes.
type Moment string

const (
	// Before a write: the server never gets it.
	Before Moment = "before"
	// Served means that the server has done what was asked, and the client never gets the answer.
	Served Moment = "served"
)

// Cut is a point at which a client is cut off.
type Cut struct {
	// Write is the number of the write, counted from 1.
	Write int `json:"write"`
	// Moment is where in relation to it.
	Moment Moment `json:"moment"`
}

// String is such as "before write 3" or "after write 3 was served".
func (c Cut) String() string {
	if c.Moment == Served {
		return fmt.Sprintf("after write %d was served", c.Write)
	}
	return fmt.Sprintf("before write %d", c.Write)
}

// Cuts are all points at which a client with so many writes can be cut off, in the order of time. What the server knows is
// the same after a write was served and before the next one; what differs is whether the client could have heard of it.
func Cuts(writes int) []Cut {
	var all []Cut
	for k := range writes {
		all = append(all, Cut{Write: k + 1, Moment: Before}, Cut{Write: k + 1, Moment: Served})
	}
	return all
}

// Cutter cuts a client off at a point: it is as if its process had been killed there, so that every later request fails
// too, also those with which a client would tidy up. Writes pass one at a time, as with a [Recorder]. Make one with
// [NewCutter].
type Cutter struct {
	cut      Cut
	recorder *Recorder
	dead     chan struct{}
}

// NewCutter returns a cutter for one point.
func NewCutter(cut Cut) *Cutter {
	return &Cutter{cut: cut, recorder: NewRecorder(), dead: make(chan struct{})}
}

// Dead is closed when the client has come to the point and is cut off: the moment to kill a process that would go on.
func (c *Cutter) Dead() <-chan struct{} { return c.dead }

// Happened tells whether the client has come to the point and was cut off.
func (c *Cutter) Happened() bool {
	select {
	case <-c.dead:
		return true
	default:
		return false
	}
}

// Writes are those that reached the server.
func (c *Cutter) Writes() []Write { return c.recorder.Writes() }

// Wrap is a [Wrapper].
func (c *Cutter) Wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		switch {
		case c.Happened():
			discard(request)
			return nil, ErrCut
		case IsWrite(request):
			return c.write(request, next)
		default:
			return next.RoundTrip(request)
		}
	})
}

func (c *Cutter) write(request *http.Request, next http.RoundTripper) (*http.Response, error) {
	if err := c.recorder.take(request.Context()); err != nil {
		discard(request)
		return nil, err
	}
	defer c.recorder.give()
	number := len(c.recorder.Writes()) + 1
	if !c.Happened() && number == c.cut.Write && c.cut.Moment == Before {
		close(c.dead)
	}
	if c.Happened() { // Also if it died while this write waited for its turn.
		discard(request)
		return nil, ErrCut
	}
	response, err := c.recorder.send(request, next)
	if number != c.cut.Write || err != nil {
		return response, err
	}
	close(c.dead)
	// The server has done its part when its answer is whole.
	_, err = io.Copy(io.Discard, response.Body)
	return nil, errors.Join(ErrCut, err, response.Body.Close())
}
