package wait

import (
	"cmp"
	"context"
	"slices"
	"time"

	"seatrial/e2e/framework/objects"
)

// question is one wait: what to watch, and how to tell from it what is missing.
type question struct {
	subject   string
	namespace string
	total     int
	scopes    []scope
	timeout   time.Duration
	steady    time.Duration
	// assess tells what is missing, and what nobody waits for though a reader should know.
	assess   func(now sight) ([]Unready, []Note)
	progress func(Status)
	// written are versions that objects are known to have had.
	written map[objects.Ref]string
	// mortal are the Jobs that the cluster takes away when their time is over.
	mortal map[objects.Ref]bool
}

// answer watches until nothing is missing, and tells at which resource version that was. All it started has ended when it
// returns.
func answer(ctx context.Context, client *objects.Client, q question) (version string, err error) {
	watching, stop := context.WithCancel(ctx)
	seen := follow(watching, client, q.scopes, "")
	defer seen.wait()
	defer stop()
	return q.attend(ctx, seen)
}

// attend does the same with what is followed already.
func (q question) attend(ctx context.Context, seen *feeds) (version string, err error) {
	timeout := time.NewTimer(cmp.Or(q.timeout, DefaultTimeout))
	defer timeout.Stop()
	steady := time.NewTimer(0)
	defer steady.Stop()
	v := vigil{question: q, start: time.Now(), seen: seen}
	for {
		var end func(Report) error
		select {
		case <-v.seen.changed:
		case <-steady.C:
		case <-timeout.C:
			end = func(r Report) error { return &TimeoutError{Report: r} }
		case <-ctx.Done():
			end = func(r Report) error { return &CancelledError{Report: r, Cause: context.Cause(ctx)} }
		}
		// A last look decides: what became ready with the last tick is ready.
		done, again, err := v.look()
		if done || err != nil {
			return v.version, err
		}
		if end != nil {
			return "", end(v.report())
		}
		if again > 0 {
			steady.Reset(again)
		}
	}
}

// vigil is a wait under way.
type vigil struct {
	question

	start time.Time
	seen  *feeds
	// unready is what was missing at the last look, if there was one; trouble is the last that was not nothing.
	unready, trouble []Unready
	notes            []Note
	looked           bool
	// version is the newest one of the last look.
	version string
	// readySince is when nothing was missing any more.
	readySince time.Time
	// fates decide what is given up.
	fates fates
}

// look tells whether nothing is missing, and has not been for long enough; or after what time to look again even if
// nothing changes; or it gives the error if something is missing for good.
func (v *vigil) look() (done bool, again time.Duration, err error) {
	now := v.seen.snapshot()
	if !now.complete || v.stale(now.live) {
		return false, 0, nil
	}
	v.version = now.version
	missing, notes := v.assess(now)
	found := v.waiting(missing, now)
	judgement := v.fates.judge(found, time.Now())
	changed := !v.looked || !slices.EqualFunc(found, v.unready, Unready.equal) || !slices.Equal(notes, v.notes)
	if len(found) > 0 {
		v.trouble = found
	}
	if len(found) == 0 && (!v.looked || len(v.unready) > 0) {
		v.readySince = time.Now()
	}
	v.unready, v.notes, v.looked = found, notes, true
	if changed && v.progress != nil {
		v.progress(Status{Waited: time.Since(v.start), Total: v.total, Unready: found, Notes: notes})
	}
	if slices.ContainsFunc(found, func(u Unready) bool { return u.Terminal }) {
		return false, 0, &FailedError{Report: v.report()}
	}
	if len(found) > 0 {
		return false, judgement, nil
	}
	again = v.steady - time.Since(v.readySince)
	return again <= 0, again, nil
}

func (v *vigil) report() Report {
	return Report{
		Subject: v.subject, Namespace: v.namespace, Waited: time.Since(v.start), Steady: v.steady,
		Observed: v.looked, Unready: v.trouble, Notes: v.notes, Watching: v.seen.problems(),
	}
}
