// Package clock gives a program a wall clock that jumps, while that of the machine, and its own monotonic one, go on as they
// are.
//
// No namespace has a wall clock of its own. So the program is made to ask the kernel for the time instead of looking it up
// in memory, and seccomp hands the question to this process. That works for a program that is written in Go; what it starts
// in turn has the machine's clock.
package clock

import (
	"errors"
	"sync/atomic"
	"time"
)

// ErrUnavailable tells that this machine cannot do it, with the reason.
var ErrUnavailable = errors.New("no clock of its own for a program")

// Clock is that of one program.
type Clock struct {
	ahead atomic.Int64
	asked atomic.Int64
}

// Set puts the clock ahead of the machine's, or behind with a negative duration, from now on.
func (c *Clock) Set(ahead time.Duration) { c.ahead.Store(int64(ahead)) }

// Asked counts how often the program has asked what time it is.
func (c *Clock) Asked() int64 { return c.asked.Load() }

// now is what the program is told.
func (c *Clock) now() time.Time {
	c.asked.Add(1)
	return time.Now().Add(time.Duration(c.ahead.Load()))
}
