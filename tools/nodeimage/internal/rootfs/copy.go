package rootfs

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
)

// Copy writes the tree as a tar file without the paths that a pattern of package path
// matches, nor anything below them. A hard link that stays must not link to one that goes.
func (t *Tree) Copy(to string, without ...string) error {
	out, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("copying a root file system: %w", err)
	}
	err = errors.Join(t.copy(out, without), out.Close())
	if err != nil {
		return fmt.Errorf("copying the root file system to %q: %w", to, err)
	}
	return nil
}

func (t *Tree) copy(out io.Writer, without []string) error {
	names := make([]string, 0, len(t.entries))
	for name := range t.entries {
		if name != "/" && !excluded(name, without) { // The root itself is made by engines.
			names = append(names, name)
		}
	}
	slices.SortFunc(names, t.order)
	writer := tar.NewWriter(out)
	for _, name := range names {
		if err := t.copyEntry(writer, name, without); err != nil {
			return fmt.Errorf("writing %q: %w", name, err)
		}
	}
	return writer.Close()
}

func (t *Tree) copyEntry(writer *tar.Writer, name string, without []string) error {
	found := t.entries[name]
	header := *found.header
	header.Name = strings.TrimPrefix(header.Name, "./")
	if target := clean(header.Linkname); header.Typeflag == tar.TypeLink && excluded(target, without) {
		return fmt.Errorf("it is a hard link to %q, which is left out", target)
	}
	if err := writer.WriteHeader(&header); err != nil {
		return err
	}
	_, err := io.Copy(writer, io.NewSectionReader(t.file, found.offset, header.Size))
	return err
}

// order keeps hard links behind what they link to, and all else by name, so that a
// folder comes before what is in it.
func (t *Tree) order(a, b string) int {
	rank := func(name string) int {
		if t.entries[name].header.Typeflag == tar.TypeLink {
			return 1
		}
		return 0
	}
	if byRank := rank(a) - rank(b); byRank != 0 {
		return byRank
	}
	return strings.Compare(a, b)
}

func excluded(name string, patterns []string) bool {
	for ; name != "/" && name != "."; name = path.Dir(name) {
		for _, pattern := range patterns {
			if ok, err := path.Match(pattern, name); ok && err == nil {
				return true
			}
		}
	}
	return false
}
