package redistest

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel kill the process when its parent thread ends, so that a killed test leaves nothing.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
