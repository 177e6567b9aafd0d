//go:build !linux

package shell

import (
	"os/exec"
	"syscall"
)

// own gives bash a process group of its own.
func own(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// kill ends all processes of the group.
func kill(group int) { _ = syscall.Kill(-group, syscall.SIGKILL) }

// Abandon does nothing here: nobody lists the processes that this one has started, and what runs in a shell may outlive
// it.
func Abandon() {}
