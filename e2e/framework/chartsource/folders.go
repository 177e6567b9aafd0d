package chartsource

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// Folders are the folder of a chart, and those of the charts that it depends on by "file://", also through others.
func Folders(folder string) []string {
	all := []string{filepath.Clean(folder)}
	for i := 0; i < len(all); i++ {
		for _, needed := range foldersNeeded(all[i]) {
			if at := filepath.Join(all[i], filepath.FromSlash(needed)); !slices.Contains(all, at) {
				all = append(all, at)
			}
		}
	}
	return all
}

// outline is what is to be known of a chart before it is loaded.
type outline struct {
	Type         string `json:"type"`
	Dependencies []struct {
		Repository string `json:"repository"`
	} `json:"dependencies"`
}

// read gives nothing where there is no such file, or no such chart: who needs one will say so.
func read(folder, file string) (o outline) {
	content, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil || yaml.Unmarshal(content, &o) != nil {
		return outline{}
	}
	return o
}

// isLibrary tells whether the chart in a folder is one that only other charts use.
func isLibrary(folder string) bool { return read(folder, "Chart.yaml").Type == "library" }

// foldersNeeded are the folders that the chart in a folder depends on by "file://", relative to it. Charts of apiVersion v1
// have a file of its own for what they depend on.
func foldersNeeded(folder string) []string {
	var folders []string
	for _, file := range []string{"Chart.yaml", "requirements.yaml"} {
		for _, dependency := range read(folder, file).Dependencies {
			if at, isFile := strings.CutPrefix(dependency.Repository, "file://"); isFile && !path.IsAbs(at) {
				folders = append(folders, at)
			}
		}
	}
	return folders
}
