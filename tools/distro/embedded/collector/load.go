package collector

import "time"

// change is what a look at the load shows.
type change int

const (
	stays change = iota
	grows
	ends
)

// load tells work from rest. A single look at which nothing happens is not rest yet.
type load struct {
	busy  bool
	quiet int
}

// next takes the bytes that were allocated since the last look.
func (l *load) next(bytes uint64) change {
	if bytes >= busyRate/uint64(time.Second/lookEvery) {
		before := l.busy
		l.busy, l.quiet = true, 0
		if before {
			return stays
		}
		return grows
	}
	if !l.busy {
		return stays
	}
	l.quiet++
	if l.quiet < quietLooks {
		return stays
	}
	*l = load{}
	return ends
}
