package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"

	"seatrial/e2e/framework/engine"
	"seatrial/tools/internal/apt"
)

// needMmdebstrap installs the one tool that a build needs beside Go and an engine, where
// that is possible without asking anybody: as root, on Debian and its kin.
func needMmdebstrap(ctx context.Context, host engine.Host, tell func(string)) error {
	const tool = "mmdebstrap"
	if _, err := exec.LookPath(tool); err == nil {
		return nil
	}
	// Without the file this is no distribution that we know.
	text, _ := os.ReadFile("/etc/os-release")
	release := apt.ParseOSRelease(string(text))
	switch {
	case !release.HasAPT():
		return fmt.Errorf("%s is not installed, and packages of %s are not installed from here: install it with the system's own package manager", tool, release)
	case !host.Root:
		return fmt.Errorf("%s is not installed, and installing it needs root: run `sudo apt-get install %s`", tool, tool)
	}
	tell("installing " + tool)
	return apt.InstallPackages(ctx, os.Stderr, tool)
}
