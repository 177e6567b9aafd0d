package engine

import (
	"fmt"
	"strings"

	"seatrial/e2e/framework/typed"
)

// stderrLimit is how much of an engine's standard error is kept: its last words explain a failure, not its progress.
const stderrLimit = 8 << 10

// RunError is a call of the engine that failed.
type RunError struct {
	// Command can be pasted into a shell.
	Command string
	// ExitCode is -1 if the engine did not start or was stopped.
	ExitCode int
	// Stderr is the end of what the engine said, trimmed.
	Stderr string
	// Err is the cause as the operating system or the context tells it.
	Err error
}

// Error shows the command, how it ended and what the engine said.
func (e *RunError) Error() string {
	if e.Stderr == "" {
		return fmt.Sprintf("running %#q: %v", e.Command, e.Err)
	}
	return fmt.Sprintf("running %#q: %v: %s", e.Command, e.Err, e.Stderr)
}

// Unwrap returns the cause.
func (e *RunError) Unwrap() error { return e.Err }

// pasteable spells a call so that a person can repeat it in a shell.
func (e *Engine) pasteable(args []string) string {
	words := make([]string, 0, len(e.Env)+1+len(args))
	for _, entry := range e.Env {
		key, value, _ := strings.Cut(entry, "=")
		words = append(words, key+"="+typed.Quote(value))
	}
	words = append(words, typed.Quote(e.Path))
	for _, arg := range args {
		words = append(words, typed.Quote(arg))
	}
	return strings.Join(words, " ")
}

// tail keeps the last bytes written to it.
type tail struct {
	limit int
	kept  []byte
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if extra := len(t.kept) - t.limit; extra > 0 {
		t.kept = append(t.kept[:0], t.kept[extra:]...)
	}
	return len(p), nil
}

// String returns what is kept.
func (t *tail) String() string { return string(t.kept) }
