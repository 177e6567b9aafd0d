package choices

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// File is the name of the file with a project's choices.
const File = "seatrial.yaml"

// pathKind says how a value names files, which a file of choices means from where it is itself.
type pathKind int

const (
	noPath     pathKind = iota
	pathList            // as in the variable PATH
	reportList          // as in --report
)

// read reads the file that is named, or the nearest one; without any, nothing.
func read(named, dir string) (map[string]said, error) {
	path := named
	if path == "" {
		if path = find(dir); path == "" {
			return nil, nil
		}
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the choices: %w", err)
	}
	if relative, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(relative) {
		path = relative
	}
	return parse(path, content)
}

// find looks in the working directory, and above it up to the top of its repository. What is above a repository, or
// beside one that is none, is somebody else's.
func find(dir string) string {
	var found string
	for at := dir; ; at = filepath.Dir(at) {
		if path := filepath.Join(at, File); found == "" && regular(path) {
			found = path
		}
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return found
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	if own := filepath.Join(dir, File); regular(own) {
		return own
	}
	return ""
}

func regular(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// mistake is one line of a file that its author has to correct.
type mistake struct {
	line int
	text string
}

// parse reads choices, and refuses whatever they have no place for. The error joins one for each mistake, in the order
// of their lines.
func parse(path string, content []byte) (map[string]said, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(content, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(doc.Content) == 0 {
		return nil, nil // Nothing is chosen.
	}
	all := map[string]said{}
	var mistakes []mistake
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s:%d: the file wants keys and values, such as \"provider: embedded\"", path, top.Line)
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, node := top.Content[i], top.Content[i+1]
		_, again := all[key.Value]
		value, err := entry(key.Value, node)
		switch {
		case again:
			mistakes = append(mistakes, mistake{key.Line, fmt.Sprintf("key %q is given twice", key.Value)})
		case err != nil:
			mistakes = append(mistakes, mistake{key.Line, err.Error()})
		default:
			all[key.Value] = said{value: rebased(key.Value, value, filepath.Dir(path)), where: fmt.Sprintf("%s:%d: %q", path, node.Line, key.Value)}
		}
	}
	slices.SortStableFunc(mistakes, func(a, b mistake) int { return cmp.Compare(a.line, b.line) })
	var wrong error
	for _, one := range mistakes {
		wrong = errors.Join(wrong, fmt.Errorf("%s:%d: %s", path, one.line, one.text))
	}
	return all, wrong
}

// entry reads the value of one key, and tries it: a mistake is one also for commands that do not need the key.
func entry(key string, node *yaml.Node) (string, error) {
	known := every()
	at := slices.IndexFunc(known, func(o choice) bool { return o.name == key })
	if at < 0 {
		names := make([]string, len(known))
		for i, one := range known {
			names[i] = one.name
		}
		return "", fmt.Errorf("unknown key %q%s", key, meant(key, names))
	}
	value := node.Value
	if node.Kind == yaml.SequenceNode && known[at].path == reportList {
		parts := make([]string, len(node.Content))
		for i, item := range node.Content {
			parts[i] = item.Value
		}
		value = strings.Join(parts, ",")
	} else if node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
		return "", fmt.Errorf("%q wants one value", key)
	}
	if err := known[at].set(known[at].bind(New()), value); err != nil {
		return "", fmt.Errorf("%q: %w", key, err)
	}
	return value, nil
}

// rebased is a value whose files are meant from the folder of the file that names them.
func rebased(key, value, dir string) string {
	for _, one := range every() {
		if one.name != key {
			continue
		}
		switch one.path {
		case pathList:
			return joinedPaths(filepath.SplitList(value), dir)
		case reportList:
			return joinedReports(value, dir)
		case noPath:
		}
	}
	return value
}

func joinedPaths(paths []string, dir string) string {
	for i, path := range paths {
		paths[i] = below(dir, path)
	}
	return strings.Join(paths, string(os.PathListSeparator))
}

func joinedReports(value, dir string) string {
	parts := strings.Split(value, ",")
	for i, part := range parts {
		format, path, explicit := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case explicit && path != "":
			parts[i] = format + "=" + below(dir, path)
		case !explicit && filepath.Ext(format) != "":
			parts[i] = below(dir, format)
		}
	}
	return strings.Join(parts, ",")
}

func below(dir, path string) string {
	if filepath.IsAbs(path) || path == "" {
		return path
	}
	return filepath.Join(dir, path)
}
