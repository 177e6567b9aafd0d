package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

const (
	// stand is where the new root is made before it becomes one; what is there outside is not needed any more by then.
	stand = "/tmp"
	// scratch is the folder of the home that programs know as /tmp.
	scratch = ".tmp"
)

// system are the folders of a Linux system that programs need to run at all. What users keep is elsewhere.
var system = []string{"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/nix/store", "/gnu/store"}

// devices are those that say nothing about the machine.
var devices = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}

// furnish gives this process a root of its own, in which there is only what it needs.
func furnish(o order) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("parting from the mounts outside: %w", err)
	}
	shelf, err := gather(o)
	if err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", stand, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755,size=16m"); err != nil {
		return fmt.Errorf("making a new root: %w", err)
	}
	for _, one := range shelf {
		if err := one.put(); err != nil {
			return fmt.Errorf("putting %q inside: %w", one.path, err)
		}
	}
	if err := fittings(); err != nil {
		return err
	}
	return move()
}

// tree is something of the outside that is on its way inside.
type tree struct {
	path       string
	descriptor int
	file       bool
	link       string
}

// wanted is what is to be inside.
type wanted struct {
	from, to string
	rights   uint64 // MOUNT_ATTR_ flags
}

// inventory is all that is to be inside, in an order in which nothing hides what comes after it.
func inventory(o order) []wanted {
	const locked = unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID
	const free = unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV
	var all []wanted
	for _, folder := range system {
		all = append(all, wanted{folder, folder, locked})
	}
	for _, device := range devices {
		all = append(all, wanted{device, device, unix.MOUNT_ATTR_NOSUID})
	}
	all = append(all, wanted{filepath.Join(o.Home, scratch), "/tmp", free}, wanted{o.Home, o.Home, free})
	for _, folder := range o.Show {
		all = append(all, wanted{folder, folder, locked | free})
	}
	return all
}

// gather takes hold of all that is to be inside, while it can still be seen.
func gather(o order) ([]tree, error) {
	if err := os.MkdirAll(filepath.Join(o.Home, scratch), 0o700); err != nil {
		return nil, fmt.Errorf("making a folder for temporary files: %w", err)
	}
	var shelf []tree
	for _, w := range inventory(o) {
		one, err := w.grasp()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("looking for %q: %w", w.from, err)
		}
		shelf = append(shelf, one)
	}
	return shelf, nil
}

// grasp takes hold of a folder, a file or a symbolic link.
func (w wanted) grasp() (tree, error) {
	about, err := os.Lstat(w.from)
	if err != nil {
		return tree{}, err
	}
	if about.Mode()&fs.ModeSymlink != 0 {
		link, err := os.Readlink(w.from)
		return tree{path: w.to, link: link}, err
	}
	descriptor, err := unix.OpenTree(unix.AT_FDCWD, w.from, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
	if err != nil {
		return tree{}, err
	}
	err = unix.MountSetattr(descriptor, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: w.rights})
	return tree{path: w.to, descriptor: descriptor, file: !about.IsDir()}, err
}

// put puts it into the new root.
func (t tree) put() error {
	const folder, file = 0o755, 0o644
	place := filepath.Join(stand, t.path)
	if err := os.MkdirAll(filepath.Dir(place), folder); err != nil {
		return err
	}
	if t.link != "" {
		return os.Symlink(t.link, place)
	}
	if t.file {
		if err := os.WriteFile(place, nil, file); err != nil {
			return err
		}
	} else if err := os.MkdirAll(place, folder); err != nil {
		return err
	}
	return unix.MoveMount(t.descriptor, "", unix.AT_FDCWD, place, unix.MOVE_MOUNT_F_EMPTY_PATH)
}

// fittings are what every program expects.
func fittings() error {
	const folder = 0o755
	for _, place := range []string{"/proc", "/run", "/var", "/dev/shm"} {
		if err := os.MkdirAll(filepath.Join(stand, place), folder); err != nil {
			return fmt.Errorf("making %q inside: %w", place, err)
		}
	}
	for from, to := range map[string]string{
		"/var/tmp": "/tmp", "/var/run": "/run", "/dev/fd": "/proc/self/fd", "/dev/stdin": "/proc/self/fd/0",
		"/dev/stdout": "/proc/self/fd/1", "/dev/stderr": "/proc/self/fd/2",
	} {
		if err := os.Symlink(to, filepath.Join(stand, from)); err != nil {
			return fmt.Errorf("making %q inside: %w", from, err)
		}
	}
	const limits = unix.MS_NOSUID | unix.MS_NODEV
	if err := unix.Mount("tmpfs", filepath.Join(stand, "/dev/shm"), "tmpfs", limits, "mode=1777,size=256m"); err != nil {
		return fmt.Errorf("making %q inside: %w", "/dev/shm", err)
	}
	// Only the processes inside are in it.
	if err := unix.Mount("proc", filepath.Join(stand, "/proc"), "proc", limits|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("making %q inside: %w", "/proc", err)
	}
	return mask()
}

// mask hides what of the system's settings is not for everybody, since root may read it although it has no more rights.
func mask() error {
	const others = 0o004
	top := filepath.Join(stand, "/etc")
	return filepath.WalkDir(top, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink != 0 {
			return ignoreDenied(err)
		}
		about, err := entry.Info()
		if err != nil || about.Mode().Perm()&others != 0 {
			return ignoreDenied(err)
		}
		if entry.IsDir() {
			if err := unix.Mount("tmpfs", at, "tmpfs", unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV, "size=4k"); err != nil {
				return err
			}
			return fs.SkipDir
		}
		return unix.Mount(filepath.Join(stand, "/dev/null"), at, "", unix.MS_BIND, "")
	})
}

// ignoreDenied passes over what this user cannot read anyway.
func ignoreDenied(err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// move makes the new root the only one.
func move() error {
	if err := unix.MountSetattr(unix.AT_FDCWD, stand, 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}); err != nil {
		return fmt.Errorf("closing the new root: %w", err)
	}
	if err := unix.Chdir(stand); err != nil {
		return fmt.Errorf("entering the new root: %w", err)
	}
	// The old root comes to lie above the new one, and is taken away.
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("changing to the new root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("leaving the old root: %w", err)
	}
	return unix.Chdir("/")
}
