package regression

import (
	"context"
	"fmt"
	"sync"
	"time"

	"seatrial/e2e/framework/wait"
)

// reminder is how often a path tells what it still waits for.
const reminder = 5 * time.Second

// pending is what a path waits for. A wait tells it when it changes; whoever looks on wants to hear of it while nothing
// changes too.
type pending struct {
	mu    sync.Mutex
	text  string
	since time.Time
}

// set notes how far a wait has come.
func (p *pending) set(s wait.Status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = ""
	if len(s.Unready) > 0 {
		p.text, p.since = s.Chief().String(), time.Now().Add(-s.Waited)
		if more := len(s.Unready) - 1; more > 0 {
			p.text += fmt.Sprintf(" (and %d more)", more)
		}
	}
}

// clear says that the wait is over.
func (p *pending) clear() { p.set(wait.Status{}) }

func (p *pending) get() (text string, waited time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text, time.Since(p.since)
}

// remind tells now and then what is waited for, until the context ends.
func (w *walk) remind(ctx context.Context) {
	ticker := time.NewTicker(reminder)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if text, waited := w.pending.get(); text != "" && waited >= reminder {
			w.run.tell(Event{Path: w.path, Waiting: text, Waited: waited})
		}
	}
}
