// Package parts keeps what a build is made of in a folder, each part under the hash of
// everything it was made from: a part whose inputs did not change is never made again,
// and one whose making was interrupted is not there.
package parts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// unfinished marks the folder of a part that is being made.
const unfinished = ".unfinished"

// kept is how many versions of a part stay: two checkouts can take turns.
const kept = 2

// Store is a folder of parts.
type Store struct {
	dir  string
	tell func(string)
}

// Open makes the folder if it is not there, and waits until no other build uses it, or
// ctx ends. The caller releases it when done; a killed process releases it by dying.
// What happens is told line by line.
func Open(ctx context.Context, dir string, tell func(string)) (store *Store, release func() error, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, nil, fmt.Errorf("making the folder of build parts: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the lock of build parts: %w", err)
	}
	store = &Store{dir: dir, tell: tell}
	if err := store.lock(ctx, lock); err != nil {
		return nil, nil, errors.Join(err, lock.Close())
	}
	return store, lock.Close, store.sweep()
}

func (s *Store) lock(ctx context.Context, lock *os.File) error {
	const again = 200 * time.Millisecond
	for told := false; ; {
		err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return fmt.Errorf("locking %q: %w", lock.Name(), err)
		}
		if !told {
			s.tell("another build is running, waiting for it to end (" + lock.Name() + ")")
			told = true
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for another build to release %q: %w", lock.Name(), ctx.Err())
		case <-time.After(again):
		}
	}
}

// sweep removes what an interrupted build left.
func (s *Store) sweep() error {
	left, err := filepath.Glob(filepath.Join(s.dir, "*"+unfinished))
	if err != nil {
		return fmt.Errorf("looking for unfinished parts: %w", err)
	}
	for _, dir := range left {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return err
}

// Make gives the folder of the part with this name and hash. If it is not there, fill
// fills a new folder, which takes its place only when it succeeds. Older versions of
// the part beyond the last few are removed.
func (s *Store) Make(ctx context.Context, name, hash string, fill func(ctx context.Context, dir string) error) (string, error) {
	dir := filepath.Join(s.dir, name+"-"+hash)
	if _, err := os.Stat(dir); err == nil {
		now := time.Now()
		return dir, os.Chtimes(dir, now, now) // In use: not the next one to be removed.
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("looking for part %q: %w", name, err)
	}
	start := time.Now()
	s.tell(name + ": making")
	if err := s.draft(ctx, dir, fill); err != nil {
		return "", fmt.Errorf("making %s: %w", name, err)
	}
	s.tell(fmt.Sprintf("%s: made in %s", name, time.Since(start).Round(time.Second/10)))
	return dir, s.prune(name)
}

func (s *Store) draft(ctx context.Context, dir string, fill func(ctx context.Context, dir string) error) error {
	draft := dir + unfinished
	if err := os.MkdirAll(draft, 0o755); err != nil {
		return err
	}
	if err := fill(ctx, draft); err != nil {
		return errors.Join(err, os.RemoveAll(draft))
	}
	return os.Rename(draft, dir)
}

func (s *Store) prune(name string) error {
	versions, err := filepath.Glob(filepath.Join(s.dir, name+"-????????????"))
	if err != nil {
		return fmt.Errorf("listing the versions of part %q: %w", name, err)
	}
	age := func(dir string) time.Time {
		info, err := os.Stat(dir)
		if err != nil {
			return time.Time{}
		}
		return info.ModTime()
	}
	slices.SortFunc(versions, func(a, b string) int {
		return age(b).Compare(age(a))
	})
	for _, old := range versions[min(kept, len(versions)):] {
		err = errors.Join(err, os.RemoveAll(old))
	}
	return err
}
