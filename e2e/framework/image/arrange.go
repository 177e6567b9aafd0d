package image

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// arrange adds the folders that no entry names, and sorts: a folder comes before what
// is in it. The same entry may be given more than once; two that differ may not.
func arrange(files []File) ([]File, error) {
	named := map[string]File{}
	for _, file := range files {
		if err := file.check(); err != nil {
			return nil, fmt.Errorf("adding %q: %w", file.Path, err)
		}
		file.Path = path.Clean("/" + file.Path)
		if other, known := named[file.Path]; known && !other.equal(file) {
			return nil, fmt.Errorf("adding %q: it is there already, and not the same", file.Path)
		}
		named[file.Path] = file
	}
	for _, file := range slices.Collect(maps.Values(named)) {
		if err := addParents(named, file.Path); err != nil {
			return nil, fmt.Errorf("adding %q: %w", file.Path, err)
		}
	}
	return slices.SortedFunc(maps.Values(named), func(a, b File) int { return strings.Compare(a.Path, b.Path) }), nil
}

func addParents(named map[string]File, name string) error {
	for dir := path.Dir(name); dir != "/"; dir = path.Dir(dir) {
		parent, known := named[dir]
		if !known {
			named[dir] = File{Path: dir, Dir: true}
		} else if !parent.Dir {
			return fmt.Errorf("%q is no folder", dir)
		}
	}
	return nil
}

func (f File) check() error {
	kinds := 0
	for _, said := range []bool{f.Source != "", f.Data != nil, f.Link != "", f.Dir} {
		if said {
			kinds++
		}
	}
	switch {
	case path.Clean("/"+f.Path) == "/":
		return errors.New("an entry needs a name")
	case kinds > 1:
		return errors.New("only one of Source, Data, Link and Dir can say what it is")
	}
	return nil
}

func (f File) equal(other File) bool {
	return f.Source == other.Source && bytes.Equal(f.Data, other.Data) && f.Link == other.Link &&
		f.Dir == other.Dir && mode(&f) == mode(&other) && f.Owner == other.Owner
}
