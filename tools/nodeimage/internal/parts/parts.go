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
	"strings"
	"time"

	"seatrial/e2e/framework/filelock"
)

// unfinished marks the folder of a part that is being made.
const unfinished = ".unfinished"

// kept is how many versions of a part stay: two checkouts can take turns.
const kept = 2

// Teller is told what happens.
type Teller interface {
	// Say tells a sentence.
	Say(sentence string)
	// Try tells that a part of that name is being made while do goes on, and whether it was. The error is that of do.
	Try(name string, do func() error) error
	// PlanPhases says that so many parts more are to be made, or fewer.
	PlanPhases(more int)
}

// Store is a folder of parts.
type Store struct {
	dir  string
	tell Teller
}

// Open makes the folder if it is not there, and waits until no other build uses it, or
// ctx ends. The caller releases it when done; a killed process releases it by dying. The
// lock is beside the folder, so that whoever has it may remove the folder. What happens
// is told.
func Open(ctx context.Context, dir string, tell Teller) (store *Store, release func() error, err error) {
	lock := dir + ".lock"
	release, err = filelock.Take(ctx, lock, func() {
		tell.Say("another build is running, waiting for it to end (" + lock + ")")
	})
	if err != nil {
		return nil, nil, err
	}
	store = &Store{dir: dir, tell: tell}
	if err := store.open(); err != nil {
		return nil, nil, errors.Join(err, release())
	}
	return store, release, nil
}

func (s *Store) open() error {
	if err := os.MkdirAll(s.dir, 0o750); err != nil {
		return fmt.Errorf("making the folder of build parts: %w", err)
	}
	return s.sweep()
}

// sweep removes what an interrupted build left.
func (s *Store) sweep() error {
	left, err := s.list(func(name string) bool { return strings.HasSuffix(name, unfinished) })
	if err != nil {
		return fmt.Errorf("looking for unfinished parts: %w", err)
	}
	return s.remove(left)
}

// list gives the folders of the store whose names are wanted.
func (s *Store) list(wanted func(name string) bool) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(s.dir)
	return slices.DeleteFunc(entries, func(entry fs.DirEntry) bool {
		return !entry.IsDir() || !wanted(entry.Name())
	}), err
}

func (s *Store) remove(folders []fs.DirEntry) error {
	var err error
	for _, folder := range folders {
		err = errors.Join(err, os.RemoveAll(filepath.Join(s.dir, folder.Name())))
	}
	return err
}

// Make gives the folder of the part with this name and hash, which has no dash. If it is
// not there, fill fills a new folder, which takes its place only when it succeeds. Older
// versions of the part beyond the last few are removed. Whoever plans what will be told
// counts one phase for each part: what is there already is taken off.
func (s *Store) Make(ctx context.Context, name, hash string, fill func(ctx context.Context, dir string) error) (string, error) {
	dir := filepath.Join(s.dir, name+"-"+hash)
	if _, err := os.Stat(dir); err == nil {
		s.tell.PlanPhases(-1) // It is there.
		now := time.Now()
		return dir, os.Chtimes(dir, now, now) // In use: not the next one to be removed.
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("looking for part %q: %w", name, err)
	}
	if err := s.tell.Try(name, func() error { return s.draft(ctx, dir, fill) }); err != nil {
		return "", fmt.Errorf("making %s: %w", name, err)
	}
	return dir, s.prune(name, hash)
}

func (s *Store) draft(ctx context.Context, dir string, fill func(ctx context.Context, dir string) error) error {
	// A name of its own: what a killed build has started may still be writing into its own.
	draft, err := os.MkdirTemp(s.dir, filepath.Base(dir)+".*"+unfinished)
	if err != nil {
		return err
	}
	err = fill(ctx, draft)
	if err == nil {
		err = os.Rename(draft, dir)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(draft))
	}
	return nil
}

// prune removes the other versions of the part that were used longest ago.
func (s *Store) prune(name, hash string) error {
	others, err := s.list(func(folder string) bool {
		version, found := strings.CutPrefix(folder, name+"-")
		return found && version != hash && !strings.Contains(version, "-") && !strings.HasSuffix(version, unfinished)
	})
	if err != nil {
		return fmt.Errorf("listing the versions of part %q: %w", name, err)
	}
	slices.SortFunc(others, func(a, b fs.DirEntry) int { return used(b).Compare(used(a)) })
	return s.remove(others[min(kept-1, len(others)):])
}

// used is when a part was last asked for.
func used(part fs.DirEntry) time.Time {
	info, err := part.Info()
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}
