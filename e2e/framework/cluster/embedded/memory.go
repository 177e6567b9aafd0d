package embedded

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
)

// errStarved says that there was too little memory, and what to do. The figures are those of
// a start with one node; see "Memory" in tools/distro/embedded.
var errStarved = errors.New("there is too little memory: a control plane takes up to 600 MB while it starts and 300 MB after that: " +
	"free some, raise the limit that there is on it (`ulimit -v`, or that of the container or the service that this runs in), or run fewer clusters at once")

// lacking is how the runtime of Go, its memory allocator before all, and what is told of the
// kernel's ENOMEM end a program.
var lacking = regexp.MustCompile(`out of memory|cannot allocate memory|cannot map pages in arena|failed to reserve page summary|failed to create new OS thread`)

// starved explains the end of a process by a lack of memory, if it looks like one, and is nil
// otherwise.
func starved(state *os.ProcessState, texts ...string) error {
	for _, text := range texts {
		for line := range strings.Lines(text) {
			if lacking.MatchString(line) {
				return fmt.Errorf("%w (it said %q)", errStarved, strings.TrimSpace(line))
			}
		}
	}
	status, known := state.Sys().(syscall.WaitStatus)
	if known && status.Signaled() && status.Signal() == syscall.SIGKILL {
		return fmt.Errorf("somebody has killed it, and if it was the kernel: %w", errStarved)
	}
	return nil
}

// unable explains why a program could not even be started.
func unable(err error) error {
	if errors.Is(err, syscall.ENOMEM) || errors.Is(err, syscall.EAGAIN) {
		return fmt.Errorf("%w: %w", err, errStarved)
	}
	return err
}
