// Package watch tells which files have been saved, whichever way an editor does that.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Times of the watch. Editors save in several moves: a new file is written, the old one renamed, the new one put in its
// place. It is waited until nothing has moved for Quiet. A file that is away then gets Grace to come back.
const (
	Quiet = 60 * time.Millisecond
	Grace = 400 * time.Millisecond
	// look is how often it is looked without having been told of anything: some folders, such as those of networks and of
	// virtual machines, tell nothing.
	look = 2 * time.Second
)

// Watcher knows the content of files and folders, and sees when it changes. It is not safe for several goroutines.
type Watcher struct {
	system  *fsnotify.Watcher
	watched map[string]bool // folders that tell what happens in them
	roots   []string
	seen    map[string]stamp
}

var errClosed = errors.New("watching files: the watcher was closed")

// New watches nothing yet. The caller closes it.
func New() (*Watcher, error) {
	system, err := fsnotify.NewWatcher()
	if errors.Is(err, syscall.EMFILE) {
		err = fmt.Errorf("%w: this user watches too much already: end other watchers, or raise fs.inotify.max_user_instances with sysctl", err)
	}
	if err != nil {
		return nil, fmt.Errorf("watching files: %w", err)
	}
	return &Watcher{system: system, watched: map[string]bool{}, seen: map[string]stamp{}}, nil
}

// Close ends the watch.
func (w *Watcher) Close() error { return w.system.Close() }

// Watch says which files, and folders with all that is in them, count from now on. What they have now is what the next
// change is seen against; of files that are watched already, that stays what it was.
func (w *Watcher) Watch(paths ...string) error {
	w.roots = slices.Compact(slices.Sorted(slices.Values(paths)))
	// Folders first: what changes between the two is seen.
	err := w.listen()
	now := w.scan()
	for path, stamp := range w.seen {
		if _, still := now[path]; still || w.covers(path) {
			now[path] = stamp
		}
	}
	w.seen = now
	return err
}

// Accept takes what the files of some paths have now as known.
func (w *Watcher) Accept(paths ...string) {
	now := w.scan()
	for path := range w.seen {
		if Within(path, paths) {
			delete(w.seen, path)
		}
	}
	for path, stamp := range now {
		if Within(path, paths) {
			w.seen[path] = stamp
		}
	}
}

// Wait waits until a file has another content than it had, is new or is gone, and returns the paths of all such files.
func (w *Watcher) Wait(ctx context.Context) ([]string, error) {
	slow := time.NewTicker(look)
	defer slow.Stop()
	for {
		if changed := w.Changed(ctx); len(changed) > 0 {
			return changed, nil
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case _, open := <-w.system.Events:
			if !open {
				return nil, errClosed
			}
		case _, open := <-w.system.Errors:
			// Something was missed, such as when too much happens at once: looking finds it.
			if !open {
				return nil, errClosed
			}
		case <-slow.C:
		}
	}
}

// Changed looks once, as soon as nothing moves any more, and returns what Wait would.
func (w *Watcher) Changed(ctx context.Context) []string {
	w.rest(ctx, Quiet)
	changed, gone := w.changed()
	if gone {
		w.rest(ctx, Grace)
		changed, _ = w.changed()
	}
	if len(changed) > 0 {
		w.Accept(w.roots...)
		// What cannot be listened to is looked at.
		_ = w.listen()
	}
	return changed
}

// rest waits until nothing has been told for a while.
func (w *Watcher) rest(ctx context.Context, quiet time.Duration) {
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		case _, open := <-w.system.Events:
			if !open {
				return
			}
			timer.Reset(quiet)
		}
	}
}

// changed compares, and tells whether a file is gone.
func (w *Watcher) changed() (paths []string, gone bool) {
	now := w.scan()
	for path, stamp := range now {
		if before, known := w.seen[path]; !known || !before.same(stamp) {
			paths = append(paths, path)
		}
	}
	for path := range w.seen {
		if _, there := now[path]; !there {
			paths, gone = append(paths, path), true
		}
	}
	slices.Sort(paths)
	return paths, gone
}

// listen has the folders of everything tell what happens in them. Of what is not there, the folder above it does.
func (w *Watcher) listen() error {
	wanted := map[string]bool{}
	for _, root := range w.roots {
		wanted[above(root)] = true
		_ = filepath.WalkDir(root, func(at string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil //nolint:nilerr // What is not there, or may not be read, has no content to watch.
			case entry.IsDir() && ignored(entry.Name()) && at != root:
				return fs.SkipDir
			case entry.IsDir():
				wanted[at] = true
			}
			return nil
		})
	}
	var errs []error
	for path := range w.watched {
		if !wanted[path] {
			_ = w.system.Remove(path) // It may be gone by itself.
			delete(w.watched, path)
		}
	}
	for path := range wanted {
		// Again also for those that are known: a folder may have been put in the place of another one.
		if err := w.system.Add(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("watching %q: %w", path, err))
			continue
		}
		w.watched[path] = true
	}
	return errors.Join(errs...)
}

// above is the nearest folder above a path that is there.
func above(path string) string {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() || dir == filepath.Dir(dir) {
			return dir
		}
	}
}

func (w *Watcher) covers(path string) bool { return Within(path, w.roots) }

// Within tells whether a path is one of some others, or below one.
func Within(path string, others []string) bool {
	return slices.ContainsFunc(others, func(other string) bool {
		rest, err := filepath.Rel(other, path)
		return err == nil && filepath.IsLocal(rest)
	})
}
