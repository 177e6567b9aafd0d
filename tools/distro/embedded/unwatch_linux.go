package embedded

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// The folder in which the kernel lists what this process has open, and what a watch on files looks like there.
const (
	openFiles = "/proc/self/fd"
	fileWatch = "anon_inode:inotify"
)

// unwatch ends all watches on files. Servers and controllers watch their certificates for new ones, which nobody writes
// while this process lives: they are ours. But when a process ends, the kernel waits for each watch that is open: ten of
// them made the end of 20 ms one of 120 to 200.
//
// Nobody hands the watches out, so something that is never ready to be read takes their places. Their owners wait on, and
// can close what they have. It is done when they are open and none is about to be closed: the number of one that is closed
// at the same moment might be another file's by then.
func unwatch() (err error) {
	entries, err := os.ReadDir(openFiles)
	if err != nil {
		return err
	}
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, nothing.Close()) }()
	for _, entry := range entries {
		fd, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if target, err := os.Readlink(filepath.Join(openFiles, entry.Name())); err != nil || target != fileWatch {
			continue
		}
		if err := syscall.Dup3(int(nothing.Fd()), fd, syscall.O_CLOEXEC); err != nil {
			return err
		}
	}
	return nil
}
