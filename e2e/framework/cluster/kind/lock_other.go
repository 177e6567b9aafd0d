//go:build !linux && !darwin

package kind

import "context"

// lockFile is a promise here and no lock: two runs that make the same kept
// cluster at the same moment may disturb each other.
func lockFile(context.Context, string, func()) (unlock func() error, err error) {
	return func() error { return nil }, nil
}

// tryLockFile never gets what could not be defended.
func tryLockFile(string) (unlock func() error, err error) { return nil, nil }
