// Package group starts programs in process groups of their own, so that an interrupt
// reaches the children that do their work, too: a compiler run whose linker goes on
// alone still takes a processor and gigabytes of memory.
package group

import (
	"os/exec"
	"syscall"
)

// Own gives the program a group of its own, all of which hears the signal when the
// context of cmd ends.
func Own(cmd *exec.Cmd, signal syscall.Signal) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, signal) }
}
