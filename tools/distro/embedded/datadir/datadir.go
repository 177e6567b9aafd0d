// Package datadir is the folder in which an embedded control plane keeps everything it
// writes: locked while in use, marked with the version of Kubernetes it belongs to, and
// removed at the end if nobody named it.
package datadir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	private     = 0o700
	privateFile = 0o600

	lockFile    = "lock"
	versionFile = "version"
	bootedFile  = "booted"

	removals = 3
)

// Folder is an open data folder.
type Folder struct {
	// Path is absolute.
	Path string
	// Temporary says that the folder is ours alone and goes with us.
	Temporary bool

	lock  *os.File
	alias *os.File
}

// Open takes the named folder, or a new temporary one if the name is empty, for a control
// plane of the given version of Kubernetes.
func Open(path, version string) (*Folder, error) {
	if path == "" {
		made, err := os.MkdirTemp("", prefix)
		if err != nil {
			return nil, fmt.Errorf("making a temporary data folder: %w", err)
		}
		return open(&Folder{Path: made, Temporary: true}, version)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("finding data folder %q: %w", path, err)
	}
	if err := os.MkdirAll(absolute, private); err != nil {
		return nil, fmt.Errorf("making data folder %q: %w", absolute, err)
	}
	return open(&Folder{Path: absolute}, version)
}

func open(f *Folder, version string) (*Folder, error) {
	if err := f.take(); err != nil {
		return nil, err
	}
	if err := f.claim(version); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Join names a file in the folder.
func (f *Folder) Join(names ...string) string {
	return filepath.Join(append([]string{f.Path}, names...)...)
}

// Booted says whether a control plane was ready on this folder before, so that what a
// first start creates is there.
func (f *Folder) Booted() bool {
	_, err := os.Stat(f.Join(bootedFile))
	return err == nil
}

// MarkBooted notes that everything a first start creates is there.
func (f *Folder) MarkBooted() error {
	if err := os.WriteFile(f.Join(bootedFile), nil, privateFile); err != nil {
		return fmt.Errorf("marking data folder %q as started: %w", f.Path, err)
	}
	return nil
}

// Close gives the folder back, and removes a temporary one.
func (f *Folder) Close() error {
	var removing error
	if f.Temporary {
		removing = f.remove()
	}
	if f.alias != nil {
		_ = f.alias.Close()
	}
	// The lock goes with the file, whatever closing says.
	_ = f.lock.Close()
	return removing
}

// remove removes the folder, again if somebody who has not stopped yet put something there
// in the meantime.
func (f *Folder) remove() error {
	var err error
	for range removals {
		err = os.RemoveAll(f.Path)
		if _, gone := os.Stat(f.Path); errors.Is(gone, os.ErrNotExist) {
			return nil
		}
	}
	return fmt.Errorf("removing data folder %q: %w", f.Path, err)
}

// take locks the folder. The kernel releases the lock when the process ends, however it
// ends; the number in the file only serves the message.
func (f *Folder) take() error {
	lock, err := os.OpenFile(f.Join(lockFile), os.O_RDWR|os.O_CREATE, privateFile)
	if err != nil {
		return fmt.Errorf("locking data folder %q: %w", f.Path, err)
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errors.Join(f.inUse(), lock.Close())
	}
	if err != nil {
		return errors.Join(fmt.Errorf("locking data folder %q: %w", f.Path, err), lock.Close())
	}
	f.lock = lock
	if err := lock.Truncate(0); err != nil {
		return errors.Join(fmt.Errorf("locking data folder %q: %w", f.Path, err), f.Close())
	}
	if _, err := fmt.Fprintln(lock, os.Getpid()); err != nil {
		return errors.Join(fmt.Errorf("locking data folder %q: %w", f.Path, err), f.Close())
	}
	return nil
}

func (f *Folder) inUse() error {
	owner, err := os.ReadFile(f.Join(lockFile))
	if pid := strings.TrimSpace(string(owner)); err == nil && pid != "" {
		return fmt.Errorf("data folder %q is in use by process %s", f.Path, pid)
	}
	return fmt.Errorf("data folder %q is in use by another process", f.Path)
}

// claim refuses what another version has stored: this one may not be able to read it, and
// what it created at its first start may be missing.
func (f *Folder) claim(version string) error {
	stored, err := os.ReadFile(f.Join(versionFile))
	if errors.Is(err, os.ErrNotExist) {
		if err := os.WriteFile(f.Join(versionFile), []byte(version+"\n"), privateFile); err != nil {
			return fmt.Errorf("marking data folder %q with its version: %w", f.Path, err)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the version of data folder %q: %w", f.Path, err)
	}
	if was := strings.TrimSpace(string(stored)); was != version {
		return fmt.Errorf("data folder %q was made by Kubernetes %s, and this is %s: name another folder, or remove that one", f.Path, was, version)
	}
	return nil
}
