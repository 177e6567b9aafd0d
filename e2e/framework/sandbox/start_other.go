//go:build !linux

package sandbox

import (
	"fmt"
	"os/exec"
)

// Inside does nothing: there is no sandbox here that the process could be in.
func Inside() bool { return false }

// Start refuses: what a sandbox is made of is Linux's.
func (*Sandbox) Start(cmd *exec.Cmd) error {
	return fmt.Errorf("starting %q in a sandbox: %w: it needs Linux", cmd.Path, ErrUnavailable)
}
