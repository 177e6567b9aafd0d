//go:build unix

package runid

import (
	"io/fs"
	"os"
	"syscall"
)

func ownedByUs(entry fs.DirEntry) bool {
	info, err := entry.Info()
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
