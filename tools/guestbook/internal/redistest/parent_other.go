//go:build !linux

package redistest

import "os/exec"

// dieWithParent does nothing: only Linux ties a process to its parent.
func dieWithParent(*exec.Cmd) {}
