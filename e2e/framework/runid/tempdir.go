package runid

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const tempPrefix = "seatrial-"

// TempDir makes a folder that belongs to this run, below the system's folder
// for temporary files. The caller removes it; when the caller is killed first,
// [SweepTemp] of a later run does.
func TempDir(prefix string) (string, error) {
	dir, err := os.MkdirTemp(os.TempDir(), tempPrefix+prefix+"-"+Current().String()+"-*")
	if err != nil {
		return "", fmt.Errorf("making a temporary folder for %q: %w", prefix, err)
	}
	return dir, nil
}

// SweepTemp removes the folders of [TempDir] whose run is over and returns
// their paths. Folders of other machines, other users and living runs stay.
func SweepTemp() ([]string, error) {
	root := os.TempDir()
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, fmt.Errorf("looking for temporary folders of earlier runs: %w", err)
	}

	var removed []string
	var errs []error
	for _, entry := range entries {
		id, ok := tempOwner(entry.Name())
		if !ok || !entry.IsDir() || !id.Dead() || !ownedByUs(entry) {
			continue
		}
		path := filepath.Join(root, entry.Name())
		if err := os.RemoveAll(path); err != nil {
			errs = append(errs, fmt.Errorf("removing temporary folder %q of an earlier run: %w", path, err))
			continue
		}
		removed = append(removed, path)
	}
	return removed, errors.Join(errs...)
}

// tempOwner reads the run id out of seatrial-<prefix>-<run id>-<random>; the
// prefix may hold dashes of its own.
func tempOwner(name string) (ID, bool) {
	rest, ok := strings.CutPrefix(name, tempPrefix)
	parts := strings.Split(rest, "-")
	if !ok || len(parts) < 5 {
		return ID{}, false
	}
	id, err := Parse(strings.Join(parts[len(parts)-4:len(parts)-1], "-"))
	return id, err == nil
}
