package watch

import (
	"crypto/sha256"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// stamp tells one content of a file from another. Size and time are there to spare reading it.
type stamp struct {
	digest [sha256.Size]byte
	size   int64
	saved  time.Time
}

// same tells whether the content is the same, whenever it was saved.
func (s stamp) same(other stamp) bool { return s.digest == other.digest && s.size == other.size }

// scan reads what there is. A file whose size and time are known has the content that is known.
func (w *Watcher) scan() map[string]stamp {
	now := map[string]stamp{}
	for _, root := range w.roots {
		// What is not there, or may not be read, has no content.
		_ = filepath.WalkDir(root, func(at string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil //nolint:nilerr // See above.
			case at != root && ignored(entry.Name()):
				if entry.IsDir() {
					return fs.SkipDir
				}
				return nil
			case entry.IsDir():
				return nil
			}
			if made, ok := w.stamp(at); ok {
				now[at] = made
			}
			return nil
		})
	}
	return now
}

// stamp follows links: what counts is what a reader of the path gets.
func (w *Watcher) stamp(path string) (stamp, bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return stamp{}, false
	}
	known, seen := w.seen[path]
	// A file system may tell the time in steps: what was saved just now is read in any case.
	if seen && known.size == info.Size() && known.saved.Equal(info.ModTime()) && time.Since(info.ModTime()) > time.Second {
		return known, true
	}
	file, err := os.Open(path)
	if err != nil {
		return stamp{}, false
	}
	defer func() { _ = file.Close() }()
	digest := sha256.New()
	size, err := io.Copy(digest, file)
	if err != nil {
		return stamp{}, false
	}
	made := stamp{size: size, saved: info.ModTime()}
	digest.Sum(made.digest[:0])
	if seen && known.same(made) {
		made.saved = known.saved
	}
	return made, true
}

// ignored tells whether a file in a folder is something that editors and tools keep beside the files they write.
func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~") ||
		strings.HasSuffix(name, ".swp") || strings.HasSuffix(name, ".tmp") || strings.Contains(name, "___jb_") || name == "4913"
}
