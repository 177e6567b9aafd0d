//go:build !linux

package embedded

import "os/exec"

// attach has nothing to do here: the process ends with its standard input.
func attach(*exec.Cmd, bool) {}
