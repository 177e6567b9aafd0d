package embedded

import (
	"os/exec"
	"syscall"
)

// attach ties the process to this one: the kernel kills it when we are killed. An
// interrupt at the terminal is for us alone, who may still need the cluster for evidence.
// One that is to stay gets a session of its own instead.
func attach(cmd *exec.Cmd, stays bool) { //nolint:revive // The two are one decision.
	if stays {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		return
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
