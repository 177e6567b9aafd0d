package watch

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// separators are what files are named between in a command: blanks, quotes, and what joins a flag to its values.
var separators = regexp.MustCompile(`[\s"'=,;|&()<]+`)

// written are the files that a command writes: they change with every run, and nobody has saved them.
var written = regexp.MustCompile(`(?:>>?\s*|\btee\s+(?:-a\s+)?)["']?([^\s"';|&<>()]+)`)

// Named are the files and folders that commands name and that are there, by their paths: a script, a file of values, a
// folder with a chart or with manifests. The commands begin in a folder, and may go into others. A folder that has the
// first one in it counts only as a chart: whoever says "." seldom means everything.
func Named(dir string, commands []string) []string {
	n := &naming{dirs: []string{filepath.Clean(dir)}, ours: map[string]bool{}}
	for _, command := range commands {
		n.read(command)
	}
	found := slices.DeleteFunc(n.found, func(path string) bool { return n.ours[path] })
	return slices.Compact(slices.Sorted(slices.Values(found)))
}

// naming is what is known of the commands so far.
type naming struct {
	dirs  []string        // that they may be in
	ours  map[string]bool // files that they write
	found []string
}

func (n *naming) read(command string) {
	for _, match := range written.FindAllStringSubmatch(command, -1) {
		for _, from := range n.dirs {
			n.ours[below(from, match[1])] = true
		}
	}
	before := ""
	for _, word := range separators.Split(command, -1) {
		for _, from := range slices.Clone(n.dirs) {
			if word != "" {
				n.word(below(from, word), before)
			}
		}
		before = word
	}
}

// word looks at what may be a file. It stands behind another word.
func (n *naming) word(path, before string) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
	case before == "cd" && info.IsDir():
		if !slices.Contains(n.dirs, path) {
			n.dirs = append(n.dirs, path)
		}
	case info.Mode().IsRegular(), info.IsDir() && (isChart(path) || !Within(n.dirs[0], []string{path})):
		n.found = append(n.found, path)
	}
}

func isChart(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "Chart.yaml"))
	return err == nil
}

func below(dir, word string) string {
	word = strings.TrimSuffix(strings.TrimPrefix(word, "@"), "/")
	if filepath.IsAbs(word) {
		return filepath.Clean(word)
	}
	return filepath.Join(dir, word)
}
