//go:build linux || darwin

package doctor

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// kernel names the kernel and its release.
func kernel() string {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return runtime.GOOS
	}
	return unix.ByteSliceToString(name.Sysname[:]) + " " + unix.ByteSliceToString(name.Release[:])
}

// freeSpace is what this user may still write where a folder is, in bytes.
func freeSpace(dir string) (uint64, error) {
	var about unix.Statfs_t
	if err := unix.Statfs(dir, &about); err != nil {
		return 0, err
	}
	return about.Bavail * uint64(about.Bsize), nil //nolint:gosec // No system has blocks of negative size.
}
