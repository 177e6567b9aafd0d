package kind

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// childrenNaming lists the child processes of ours that have one of the names
// among their arguments. These are the engine's calls that kind waits for.
func childrenNaming(names []string) ([]string, error) {
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, fmt.Errorf("listing child processes: %w", err)
	}
	var found []string
	for _, process := range processes {
		if !isOurChild(process) {
			continue
		}
		words := commandLine(process)
		if slices.ContainsFunc(words, func(word string) bool { return nameIn(word, names) }) {
			found = append(found, strings.Join(words, " "))
		}
	}
	return found, nil
}

// nameIn looks for an argument that is one of the names, or name=value.
func nameIn(argument string, names []string) bool {
	word, _, _ := strings.Cut(argument, "=")
	return slices.Contains(names, word)
}

// isOurChild reads the parent's id, the second field after the command name.
func isOurChild(process string) bool {
	stat, err := os.ReadFile(filepath.Join(process, "stat"))
	if err != nil {
		return false
	}
	text := string(stat)
	fields := strings.Fields(text[strings.LastIndex(text, ")")+1:])
	return len(fields) > 1 && fields[1] == strconv.Itoa(os.Getpid())
}

// commandLine is empty for a process that has ended.
func commandLine(process string) []string {
	raw, err := os.ReadFile(filepath.Join(process, "cmdline"))
	if err != nil || len(raw) == 0 {
		return nil
	}
	return strings.Split(strings.TrimRight(string(raw), "\x00"), "\x00")
}
