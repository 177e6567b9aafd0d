//go:build linux || darwin

// Package filelock keeps processes on one machine out of each other's way: one at a time
// has the lock of a file, and the kernel takes it back from whoever is killed.
package filelock

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// interval is how often a lock that another holds is asked for again: the kernel has no
// way to wait for it and for a context at once.
const interval = 100 * time.Millisecond

// Take waits until nobody else has the exclusive lock of the file, and calls waiting,
// once, if somebody has. Releasing it removes the file.
func Take(ctx context.Context, path string, waiting func()) (release func() error, err error) {
	for first := true; ; first = false {
		release, err := Try(path)
		if release != nil || err != nil {
			return release, err
		}
		if first && waiting != nil {
			waiting()
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for the lock on %q, which another process holds: %w", path, context.Cause(ctx))
		case <-time.After(interval):
		}
	}
}

// Try does not wait: it returns no release when somebody else has the lock. The file and
// its folder are made if they are not there.
func Try(path string) (release func() error, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of a lock: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // Whoever held it has removed the folder.
	}
	if err != nil {
		return nil, fmt.Errorf("locking %q: %w", path, err)
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil && stillNamed(file, path) {
		return func() error { return errors.Join(remove(file, path), file.Close()) }, nil
	}
	if err != nil && !errors.Is(err, unix.EWOULDBLOCK) {
		return nil, errors.Join(fmt.Errorf("locking %q: %w", path, err), file.Close())
	}
	return nil, file.Close()
}

// stillNamed tells whether the path leads to the file that was opened: the one who had the
// lock before may have removed it meanwhile.
func stillNamed(file *os.File, path string) bool {
	opened, err := file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(path)
	return err == nil && os.SameFile(opened, named)
}

// remove takes the name away before the lock ends. If somebody has removed it, one of that
// name is another's.
func remove(file *os.File, path string) error {
	if !stillNamed(file, path) {
		return nil
	}
	return os.Remove(path)
}
