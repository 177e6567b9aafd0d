package embedded

import "golang.org/x/sys/unix"

// free is how many bytes may still be written where a folder is; false if that is not known.
func free(dir string) (bytes uint64, known bool) {
	var about unix.Statfs_t
	if err := unix.Statfs(dir, &about); err != nil || about.Bsize <= 0 {
		return 0, false
	}
	return about.Bavail * uint64(about.Bsize), true
}
