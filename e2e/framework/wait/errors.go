package wait

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Report is what a wait knew when it ended without success.
type Report struct {
	// Subject is what was waited for, in words.
	Subject string
	// Namespace is the one of the request; objects of others are written with theirs.
	Namespace string
	// Waited is how long.
	Waited time.Duration
	// Observed tells whether the state was seen at all.
	Observed bool
	// Unready is what was missing at the end, or before the end if nothing was missing but not for long enough.
	Unready []Unready
	// Notes are what was not waited for.
	Notes []Note
	// Steady is how long all had to stay as it should be.
	Steady time.Duration
	// Watching are the kinds that could not be observed, with the API server's answer.
	Watching []string
}

// TimeoutError tells what was still missing when the time was over.
type TimeoutError struct{ Report }

// Error has one line on the whole and one line for each object.
func (e *TimeoutError) Error() string {
	return e.text(fmt.Sprintf("timed out after %s, %s", round(e.Waited), e.outstanding()))
}

// FailedError tells that something reached a state it cannot leave by itself.
type FailedError struct{ Report }

// Error has one line on the whole and one line for each object, those that failed first.
func (e *FailedError) Error() string {
	failed := 0
	for _, u := range e.Unready {
		if u.Terminal {
			failed++
		}
	}
	return e.text(fmt.Sprintf("gave up after %s, %d of %s cannot get there any more", round(e.Waited), failed, e.outstanding()))
}

// CancelledError tells what was missing when the context ended.
type CancelledError struct {
	Report

	// Cause is the context's.
	Cause error
}

// Error has one line on the whole and one line for each object.
func (e *CancelledError) Error() string {
	return e.text(fmt.Sprintf("stopped after %s (%v), %s", round(e.Waited), e.Cause, e.outstanding()))
}

// Unwrap gives the context's error, so that a caller can tell its own cancellation.
func (e *CancelledError) Unwrap() error { return e.Cause }

func (r Report) outstanding() string {
	switch {
	case len(r.Unready) == 0 && r.Observed:
		return fmt.Sprintf("nothing outstanding, but not for %s on end", r.Steady)
	case len(r.Unready) == 0:
		return "nothing observed"
	}
	return fmt.Sprintf("%d outstanding", len(r.Unready))
}

func (r Report) text(headline string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "waiting for %s: %s", r.Subject, headline)
	lines := slices.Clone(r.Unready)
	slices.SortStableFunc(lines, func(x, y Unready) int { return rank(x) - rank(y) })
	for _, u := range lines {
		b.WriteString("\n  " + u.in(r.Namespace))
	}
	for _, n := range r.Notes {
		b.WriteString("\n  note: " + n.Object.In(r.Namespace) + ": " + n.Text)
	}
	for _, w := range r.Watching {
		b.WriteString("\n  cannot observe " + w)
	}
	return b.String()
}

func rank(u Unready) int {
	if u.Terminal {
		return 0
	}
	return 1
}

// round keeps durations readable without turning a short wait into nothing.
func round(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(100 * time.Millisecond)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
