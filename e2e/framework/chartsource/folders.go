package chartsource

import (
	"path/filepath"
	"slices"
)

// Folders are the folder of a chart, and those of the charts that it depends on by "file://", also through others.
func Folders(folder string) []string {
	all := []string{filepath.Clean(folder)}
	for i := 0; i < len(all); i++ {
		for _, needed := range foldersNeeded(all[i]) {
			if path := filepath.Join(all[i], filepath.FromSlash(needed)); !slices.Contains(all, path) {
				all = append(all, path)
			}
		}
	}
	return all
}
