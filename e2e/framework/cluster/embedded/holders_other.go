//go:build !linux

package embedded

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// holders asks the record of a kept cluster: these systems have no list of processes that
// is easily read.
func holders(dir string) ([]int, error) {
	known, err := readRecord(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	process, err := os.FindProcess(known.PID)
	if err != nil || process.Signal(syscall.Signal(0)) != nil {
		return nil, nil
	}
	return []int{known.PID}, nil
}
