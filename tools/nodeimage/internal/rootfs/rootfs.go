// Package rootfs reads a root file system from its tar file: it looks files up through
// symbolic links, finds the libraries that programs need, and writes filtered copies.
package rootfs

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// Tree is an opened root file system.
type Tree struct {
	file    *os.File
	entries map[string]entry
}

type entry struct {
	header *tar.Header
	offset int64
}

// maxLinks is Linux's own limit on symbolic links in one look-up (path_resolution(7)).
const maxLinks = 40

// Open indexes the tar file, which must not be compressed.
func Open(name string) (*Tree, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("opening a root file system: %w", err)
	}
	tree := &Tree{file: file, entries: map[string]entry{}}
	if err := tree.index(); err != nil {
		return nil, errors.Join(fmt.Errorf("reading the root file system %q: %w", name, err), file.Close())
	}
	return tree, nil
}

// Close closes the tar file.
func (t *Tree) Close() error { return t.file.Close() }

func (t *Tree) index() error {
	for reader := tar.NewReader(t.file); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if sparse(header) {
			return fmt.Errorf("%q is a sparse file, whose content is not in one piece", header.Name)
		}
		// The reader stops right behind a header, so this is where the content begins.
		offset, err := t.file.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		t.entries[clean(header.Name)] = entry{header: header, offset: offset}
	}
}

func sparse(header *tar.Header) bool {
	if header.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for record := range header.PAXRecords {
		if strings.HasPrefix(record, "GNU.sparse.") {
			return true
		}
	}
	return false
}

func clean(name string) string { return path.Clean("/" + name) }

// Resolve follows symbolic links, in every folder on the way, to the real path.
func (t *Tree) Resolve(name string) (string, error) {
	done, rest := "/", strings.Split(strings.TrimPrefix(clean(name), "/"), "/")
	for links := 0; len(rest) > 0; {
		next := path.Join(done, rest[0])
		rest = rest[1:]
		found, known := t.entries[next]
		if !known || found.header.Typeflag != tar.TypeSymlink {
			done = next
			continue
		}
		links++
		if links > maxLinks {
			return "", fmt.Errorf("looking up %q: too many links", name)
		}
		target := found.header.Linkname
		if !path.IsAbs(target) {
			target = path.Join(done, target) //nolint:gosec // It is looked up in the archive; nothing is unpacked.
		}
		rest = append(strings.Split(strings.TrimPrefix(clean(target), "/"), "/"), rest...)
		done = "/"
	}
	if _, known := t.entries[done]; !known {
		return "", fmt.Errorf("looking up %q: %w", name, fs.ErrNotExist)
	}
	return done, nil
}

// Read gives the content of a file, through links.
func (t *Tree) Read(name string) ([]byte, error) {
	at, err := t.Resolve(name)
	if err != nil {
		return nil, err
	}
	found, err := t.original(at)
	if err != nil {
		return nil, fmt.Errorf("reading %q: %w", name, err)
	}
	content := make([]byte, found.header.Size)
	if _, err := t.file.ReadAt(content, found.offset); err != nil {
		return nil, fmt.Errorf("reading %q: %w", name, err)
	}
	return content, nil
}

// original follows hard links to the entry that has the content.
func (t *Tree) original(at string) (entry, error) {
	for range maxLinks {
		found, known := t.entries[at]
		switch {
		case !known:
			return entry{}, fmt.Errorf("hard link to %q: %w", at, fs.ErrNotExist)
		case found.header.Typeflag == tar.TypeReg:
			return found, nil
		case found.header.Typeflag != tar.TypeLink:
			return entry{}, fmt.Errorf("%q is no file", at)
		}
		at = clean(found.header.Linkname)
	}
	return entry{}, fmt.Errorf("%q: too many hard links", at)
}

// Match lists the paths that match the pattern of package path, sorted.
func (t *Tree) Match(pattern string) []string {
	var found []string
	for name := range t.entries {
		if ok, err := path.Match(pattern, name); ok && err == nil {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}
