package debian

import (
	"context"
	"os/exec"
	"syscall"
)

// contain keeps what the tool mounts away from the rest of the machine: nothing stays
// mounted when it is killed.
func contain(ctx context.Context, cmd *exec.Cmd) {
	if ownMounts(ctx, cmd.Path) {
		cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	}
}

// ownMounts tells whether this process may give its children mounts of their own. One
// that may not may not mount anything either: the tool sees to itself then.
func ownMounts(ctx context.Context, tool string) bool {
	probe := exec.CommandContext(ctx, tool, "--version")
	probe.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	return probe.Run() == nil
}
