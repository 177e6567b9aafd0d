package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// errNotInstalled says that an engine's binary is not on PATH.
var errNotInstalled = errors.New("not installed")

// Rejection says why one engine cannot run a node here.
type Rejection struct {
	// Engine is its name.
	Engine string
	// Tried is what was done with it: a command that can be pasted, or what was looked for.
	Tried string
	// Cause is the failure in the engine's own words.
	Cause string
	// Remedy is what to do about it.
	Remedy string
	// Installable says that the remedy is to install packages.
	Installable bool
}

// NotUsableError says that no engine can run a node on this machine.
type NotUsableError struct {
	// Rejections has one entry for each engine that was tried.
	Rejections []Rejection
	// Host is what was found about the machine.
	Host Host
}

// Error lists what was tried, what the engines said and what to do, on several lines.
func (e *NotUsableError) Error() string {
	return e.Details() + "\nrun \"make engine\": it installs podman where it can, and says what to do where it cannot"
}

// Details is the error without its advice to run "make engine", for who does just that.
func (e *NotUsableError) Details() string {
	var text strings.Builder
	text.WriteString("no container engine here can run a Kubernetes node\n")
	for _, rejection := range e.Rejections {
		fmt.Fprintf(&text, "  %s: %s\n", rejection.Engine, indent(rejection.Cause))
		fmt.Fprintf(&text, "    tried:  %s\n", rejection.Tried)
		fmt.Fprintf(&text, "    remedy: %s\n", rejection.Remedy)
	}
	fmt.Fprintf(&text, "  this machine: %s", e.Host)
	return text.String()
}

// indent keeps a cause of several lines within its entry.
func indent(text string) string {
	return strings.ReplaceAll(text, "\n", "\n    ")
}

// reject turns the failure of one engine into what a person needs to know.
func reject(name string, err error) Rejection {
	rejection := Rejection{Engine: name, Tried: fmt.Sprintf("looking for %q on PATH", name), Cause: err.Error()}
	if run, ok := errors.AsType[*RunError](err); ok {
		rejection.Tried = run.Command
		rejection.Cause = ownWords(run)
	}
	found := remedyFor(rejection)
	rejection.Remedy, rejection.Installable = found.text, found.installable
	return rejection
}

// ownWords picks the reason from what an engine said.
func ownWords(run *RunError) string {
	var words []string
	for line := range strings.Lines(run.Stderr) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "Error: ")
		if line != "" && !isNoise(line) {
			words = append(words, line)
		}
	}
	if len(words) == 0 {
		return run.Err.Error()
	}
	return strings.Join(slices.Compact(words), "\n")
}

// isNoise tells whether a line is said whatever the reason is: warnings, hints about usage, conmon without a syslog.
func isNoise(line string) bool {
	return slices.ContainsFunc([]string{"WARNING: ", "Run '", "failed to connect to syslog"}, func(start string) bool {
		return strings.HasPrefix(line, start)
	}) || strings.Contains(line, "level=warning") || strings.Contains(line, "level=info")
}
