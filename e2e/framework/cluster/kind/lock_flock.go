//go:build linux || darwin

package kind

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lockInterval is how often a lock that another holds is asked for again: the
// kernel has no way to wait for it and for a context at once.
const lockInterval = 100 * time.Millisecond

// lockFile takes the exclusive lock of a file, which ends with the process at
// the latest. Unlocking removes the file.
func lockFile(ctx context.Context, path string, waiting func()) (unlock func() error, err error) {
	for first := true; ; first = false {
		unlock, err := tryLockFile(path)
		if unlock != nil || err != nil {
			return unlock, err
		}
		if first {
			waiting()
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for the lock on %q, which another run holds: %w", path, context.Cause(ctx))
		case <-time.After(lockInterval):
		}
	}
}

// tryLockFile returns nothing when another holds the lock, or removed the file
// while we were opening it.
func tryLockFile(path string) (unlock func() error, err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking %q: %w", path, err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil && stillNamed(file, path) {
		return func() error { return errors.Join(withoutMissing(os.Remove(path)), file.Close()) }, nil
	}
	if err != nil && !errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(fmt.Errorf("locking %q: %w", path, err), file.Close())
	}
	return nil, file.Close()
}

func stillNamed(file *os.File, path string) bool {
	opened, err := file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(path)
	return err == nil && os.SameFile(opened, named)
}
