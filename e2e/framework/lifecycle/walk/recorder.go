package walk

import (
	"fmt"
	"strings"
	"sync"

	"pgregory.net/rapid"
)

// recorder is the test that rapid reports to.
type recorder struct {
	name string

	mu     sync.Mutex
	lines  []string
	failed bool
}

var _ rapid.TB = (*recorder)(nil)

// ended is how a recorder ends what it runs.
type ended struct{}

func (r *recorder) run(check func()) {
	defer func() {
		if reason := recover(); reason != nil {
			if _, expected := reason.(ended); !expected {
				panic(reason)
			}
		}
	}()
	check()
}

func (r *recorder) note(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, strings.TrimSpace(line))
}

func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}

// Helper does nothing.
func (r *recorder) Helper() {}

// Name is where rapid keeps failures.
func (r *recorder) Name() string { return r.name }

// Logf keeps a line.
func (r *recorder) Logf(format string, args ...any) { r.note(fmt.Sprintf(format, args...)) }

// Log keeps a line.
func (r *recorder) Log(args ...any) { r.note(fmt.Sprintln(args...)) }

// Skipf keeps a line and ends the check.
func (r *recorder) Skipf(format string, args ...any) {
	r.note(fmt.Sprintf(format, args...))
	r.SkipNow()
}

// Skip keeps a line and ends the check.
func (r *recorder) Skip(args ...any) { r.note(fmt.Sprintln(args...)); r.SkipNow() }

// SkipNow ends the check.
func (r *recorder) SkipNow() { panic(ended{}) }

// Errorf keeps a line and fails.
func (r *recorder) Errorf(format string, args ...any) { r.note(fmt.Sprintf(format, args...)); r.Fail() }

// Error keeps a line and fails.
func (r *recorder) Error(args ...any) { r.note(fmt.Sprintln(args...)); r.Fail() }

// Fatalf keeps a line, fails and ends the check.
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...); r.FailNow() }

// Fatal keeps a line, fails and ends the check.
func (r *recorder) Fatal(args ...any) { r.Error(args...); r.FailNow() }

// FailNow fails and ends the check.
func (r *recorder) FailNow() { r.Fail(); panic(ended{}) }

// Fail fails.
func (r *recorder) Fail() { r.failed = true }

// Failed tells whether it failed.
func (r *recorder) Failed() bool { return r.failed }
