package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"seatrial/tools/seatrial/internal/watch"
)

// errSaved ends a run whose document is another one by now.
var errSaved = errors.New("it was saved again")

// errNoCluster ends a watch: there is nothing to run on, which no saving mends.
var errNoCluster = errors.New("there is no cluster to watch on")

// subject is what is run as a whole when one of its files is saved.
type subject struct {
	name  string
	files []string // and folders
	// written tells whether only a person writes a file: of others, a run may be the one that does.
	written func(path string) bool
	run     func(ctx context.Context) error
}

// watching runs subjects when their files are saved, until its context ends.
type watching struct {
	out   io.Writer
	files *watch.Watcher
	// subjects reads what there is to run. What keeps one from being read is told, and mended by saving it.
	subjects func() ([]subject, error)
	// sources are files that are watched also while they cannot be read.
	sources []string
	// rest tells where the last run can be looked at.
	rest func()

	rounds   int
	due      map[string]bool  // by name, what has to be run
	verdicts map[string]error // by name, of the last run
}

// loop runs everything once, and then what is affected each time that something is saved. Its error is that of the last
// runs, unless something keeps it from watching.
func (w *watching) loop(ctx context.Context) error {
	w.due, w.verdicts = map[string]bool{}, map[string]error{}
	var saved []string
	for {
		more, err := w.round(ctx, saved)
		if err != nil {
			return err
		}
		if len(more) == 0 && ctx.Err() == nil {
			fmt.Fprintln(w.out, "\n-- watching: saving a file begins again, Ctrl-C ends it")
			w.rest()
			if more, err = w.files.Wait(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		}
		if ctx.Err() != nil {
			return w.verdict()
		}
		saved = more
	}
}

// untilInterrupted watches until Ctrl-C, and then cleans up. How it ends is how the last runs have ended.
func (w *watching) untilInterrupted(ctx context.Context, clean func(context.Context) error) error {
	err := w.loop(ctx)
	cleaned := clean(ctx)
	if ctx.Err() != nil && cleaned == nil {
		fmt.Fprintf(w.out, "\n-- the watch has ended after %d rounds, and nothing of it is left\n", w.rounds)
	}
	return errors.Join(err, cleaned)
}

// verdict is that of the last run of each subject.
func (w *watching) verdict() error {
	var all error
	for _, name := range slices.Sorted(maps.Keys(w.verdicts)) {
		all = errors.Join(all, w.verdicts[name])
	}
	return all
}

// round runs what the saved files are part of; everything at first. It returns what was saved meanwhile.
func (w *watching) round(ctx context.Context, saved []string) ([]string, error) {
	w.rounds++
	if len(saved) > 0 {
		fmt.Fprintf(w.out, "\n-- saved: %s\n", strings.Join(shortPaths(saved), ", "))
	}
	all, err := w.subjects()
	watched := slices.Clone(w.sources)
	for _, one := range all {
		watched = append(watched, one.files...)
	}
	if watchErr := w.files.Watch(watched...); watchErr != nil {
		return nil, watchErr
	}
	w.verdicts[unreadable] = err
	if err != nil {
		// Its author is just writing it, and nothing runs until it is saved again.
		fmt.Fprintf(w.out, "\n%v\n", err)
		all = nil
	}
	for _, one := range all {
		_, known := w.verdicts[one.name]
		w.due[one.name] = w.due[one.name] || !known || one.has(saved)
	}
	return w.runDue(ctx, all)
}

// unreadable is the name that the verdict has of what cannot be read.
const unreadable = ""

// has tells whether one of some files is among the subject's.
func (s subject) has(paths []string) bool {
	return slices.ContainsFunc(paths, func(path string) bool { return watch.Within(path, s.files) })
}

// runDue runs what is due, one after the other, and returns as soon as something is saved.
func (w *watching) runDue(ctx context.Context, all []subject) ([]string, error) {
	for _, one := range all {
		if !w.due[one.name] {
			continue
		}
		begun := time.Now()
		saved, err := w.run(ctx, one)
		if ctx.Err() != nil || one.has(saved) {
			return saved, nil //nolint:nilerr // It stays due: its verdict is about another text, or there is none.
		}
		if errors.Is(err, errNoCluster) {
			return nil, err
		}
		if exitCode(err) == exitError {
			fmt.Fprintf(w.out, "\n%v\n", err)
		}
		fmt.Fprintf(w.out, "-- %.1f s\n", time.Since(begun).Seconds())
		w.due[one.name], w.verdicts[one.name] = false, err
		if len(saved) > 0 {
			return saved, nil
		}
	}
	return nil, nil
}

// run runs a subject, ends that when one of its files is saved, and returns what was saved meanwhile.
func (w *watching) run(ctx context.Context, one subject) ([]string, error) {
	running, end := context.WithCancelCause(ctx)
	defer end(nil)
	listening, hush := context.WithCancel(running)
	defer hush()
	heard := make(chan []string, 1)
	go func() { heard <- w.listen(listening, one, end) }()
	err := one.run(running)
	hush()
	saved := <-heard
	// What the run has written last is not told yet.
	return append(saved, one.byHand(w.files.Changed(ctx))...), err
}

// listen hears what is saved, and ends the run of the subject if it is one of its files.
func (w *watching) listen(ctx context.Context, one subject, end context.CancelCauseFunc) []string {
	var all []string
	for {
		changed, err := w.files.Wait(ctx)
		if err != nil {
			return all
		}
		saved := one.byHand(changed)
		all = append(all, saved...)
		if one.has(saved) {
			end(errSaved)
		}
	}
}

// byHand are those of some files that the run of the subject cannot have written.
func (s subject) byHand(changed []string) []string {
	return slices.DeleteFunc(changed, func(path string) bool { return watch.Within(path, s.files) && !s.written(path) })
}

// shortPaths are paths as a person would write them.
func shortPaths(paths []string) []string {
	here, err := filepath.Abs(".")
	short := slices.Clone(paths)
	for i, path := range paths {
		if relative, relErr := filepath.Rel(here, path); err == nil && relErr == nil && len(relative) < len(path) {
			short[i] = relative
		}
	}
	return short
}
