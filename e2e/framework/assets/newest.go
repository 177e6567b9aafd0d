package assets

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// errNothingPrepared is [ErrNotPrepared] for somebody who is not where it could be done.
var errNothingPrepared = fmt.Errorf("%w in a source tree of seatrial, and after that anywhere", ErrNotPrepared)

// newest reads the record that was written last, of those that fit what is wanted and
// whose files are all there. Programs that are used outside of the source tree have no
// sources to tell what fits them.
func newest(w Want) (Assets, error) {
	cache, err := Cache()
	if err != nil {
		return Assets{}, err
	}
	folder := filepath.Join(cache, "prepared")
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return Assets{}, errNothingPrepared
	}
	if err != nil {
		return Assets{}, fmt.Errorf("looking for what was prepared: %w", err)
	}
	type record struct {
		assets  Assets
		written int64
	}
	var fitting []record
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || filepath.Ext(entry.Name()) != ".json" {
			continue
		}
		// One that is broken or incomplete is of no use, and there may be others.
		if found, err := read(filepath.Join(folder, entry.Name())); err == nil && found.fits(w) {
			fitting = append(fitting, record{found, info.ModTime().UnixNano()})
		}
	}
	if len(fitting) == 0 {
		return Assets{}, errNothingPrepared
	}
	return slices.MaxFunc(fitting, func(a, b record) int { return cmp.Compare(a.written, b.written) }).assets, nil
}

// fits tells whether what was prepared is what is wanted.
func (a Assets) fits(w Want) bool {
	if w.NoNodes() {
		return true
	}
	otherEngine := w.Engine != "" && w.Engine != Auto && a.Engine != w.Engine
	switch {
	case w.NodeImage != "":
		return a.NodeImage == w.NodeImage && !otherEngine
	case w.Kubernetes != "":
		return a.Kubernetes == w.Kubernetes && !otherEngine
	case w.Provider == Kind:
		return a.NodeImage != "" && !otherEngine
	}
	return !otherEngine
}
