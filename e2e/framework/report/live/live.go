// Package live tells a run while it goes: on a terminal as lines that stay, above a few that change with what is under
// way; elsewhere as lines with the time since the start; in the log of a GitHub workflow folded into groups.
//
// It listens to the same [report.Stream] as the reports, so whatever is done tells of it there: phases such as a build or
// a cluster that is brought up ([report.Stream.Phase]), what is being waited for ([report.Stream.Doing]), documents and
// paths with their steps, and rows of tables.
package live

import (
	"io"
	"sync"
	"time"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/paint"
)

// Detail says how much is told.
type Detail int

// The details.
const (
	// Normal is what was done.
	Normal Detail = iota
	// Quiet is nothing: the summary at the end says what was found.
	Quiet
	// Verbose is also what came for each step, and what was waited for.
	Verbose
)

// Options say how a run is told.
type Options struct {
	// Out is where. If it is the writer of a [Screen], what is under way stands there.
	Out    io.Writer
	Detail Detail
	Paint  paint.Paint
	// Groups folds the lines as GitHub's workflows do.
	Groups bool
}

const (
	// beat is how often what changes is drawn.
	beat = 200 * time.Millisecond
	// silence is how long nothing is told before a line says what is under way, where nothing changes by itself.
	silence = 15 * time.Second
)

// Teller tells a run. It is a [report.Sink].
type Teller struct {
	Options

	screen *Screen
	width  func() int // of a line; 0 is no limit

	writing sync.Mutex // to Out

	mutex  sync.Mutex
	state  state
	groups groups
	told   time.Time // when something was told last

	stop func()
}

// New begins to tell. Close ends it.
func New(o Options) *Teller {
	t := &Teller{Options: o, screen: Of(o.Out), width: func() int { return 0 }, told: time.Now()}
	t.state.started, t.groups.marked = t.told, o.Groups
	if t.screen != nil {
		t.width = t.screen.Width
		if o.Detail != Quiet {
			t.screen.Show(t.view)
		}
	}
	if o.Detail == Quiet {
		t.stop = func() {}
		return t
	}
	over := make(chan struct{})
	var beating sync.WaitGroup
	beating.Go(func() { t.beat(over) })
	t.stop = sync.OnceFunc(func() {
		close(over)
		beating.Wait()
	})
	return t
}

// Close ends the telling: nothing changes any more, and every group is closed.
func (t *Teller) Close() {
	t.stop()
	if t.screen != nil {
		t.screen.Hide()
	}
	t.mutex.Lock()
	lines := t.groups.end()
	t.mutex.Unlock()
	t.write(lines)
}

func (t *Teller) beat(over <-chan struct{}) {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		select {
		case <-over:
			return
		case <-ticker.C:
		}
		if t.screen != nil {
			t.screen.Refresh()
			continue
		}
		t.write(t.remind(time.Now()))
	}
}

// Hear tells of one event.
func (t *Teller) Hear(e report.Event) {
	if t.Detail == Quiet {
		return
	}
	t.mutex.Lock()
	said := t.state.hear(e)
	lines := t.say(e.At, said)
	t.mutex.Unlock()
	t.write(lines)
}

// say gives what is told of an event the form in which it is written.
func (t *Teller) say(at time.Time, said []line) []string {
	var lines []string
	for _, one := range said {
		if one.detail == Verbose && t.Detail != Verbose || one.plain && t.screen != nil && t.Detail != Verbose {
			continue
		}
		if !t.Groups && !one.group.ordered {
			one.group = group{}
		}
		if one.end {
			lines = append(lines, t.groups.close(one.group)...)
			continue
		}
		text := one.text(t.Paint, t.width())
		if t.screen == nil {
			text = stamped(at.Sub(t.state.started), text)
		}
		lines = append(lines, t.groups.put(one.group, text)...)
		t.told = at
	}
	return lines
}

func (t *Teller) write(lines []string) {
	t.writing.Lock()
	defer t.writing.Unlock()
	for _, text := range lines {
		// There is nobody to tell that nothing can be told.
		_, _ = io.WriteString(t.Out, text+"\n")
	}
}

// remind says what is under way if nothing was said for long.
func (t *Teller) remind(now time.Time) []string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if now.Sub(t.told) < silence {
		return nil
	}
	t.told = now
	var lines []string
	for _, one := range t.state.under {
		lines = append(lines, stamped(now.Sub(t.state.started), "still "+one.words(now)))
	}
	return lines
}

func (t *Teller) view(width, height int) []string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.state.view(frame{now: time.Now(), width: width, height: height, Paint: t.Paint})
}
