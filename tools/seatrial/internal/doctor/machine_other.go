//go:build !linux && !darwin

package doctor

import (
	"errors"
	"runtime"
)

func kernel() string { return runtime.GOOS }

func freeSpace(string) (uint64, error) { return 0, errors.ErrUnsupported }
