package datadir

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// prefix is how the names of temporary folders begin.
const prefix = "seatrial-embedded-"

// Sweep removes temporary folders of control planes that were killed together with whoever
// was to clean up after them. A folder that has a version was locked by its owner; if it is
// not locked any more, the owner is dead.
func Sweep() error {
	folders, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	if err != nil {
		return err
	}
	var failed error
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, versionFile)); err != nil {
			continue
		}
		failed = errors.Join(failed, sweep(folder))
	}
	return failed
}

func sweep(folder string) error {
	lock, err := os.Open(filepath.Join(folder, lockFile))
	if err != nil {
		// It is another user's, or its owner is just removing it: neither is ours to remove.
		return nil
	}
	defer func() { _ = lock.Close() }()
	if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return nil
	}
	return os.RemoveAll(folder)
}
