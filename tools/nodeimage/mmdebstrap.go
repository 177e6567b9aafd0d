package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"

	"seatrial/e2e/framework/report"
	"seatrial/tools/internal/apt"
)

// mmdebstrap unpacks Debian's packages.
const mmdebstrap = "mmdebstrap"

// needMmdebstrap installs the one tool that a node image needs beside Go and an engine,
// where that is possible without asking anybody: as root, on Debian and its kin.
func needMmdebstrap(ctx context.Context, tell *report.Stream, out io.Writer) error {
	if _, err := exec.LookPath(mmdebstrap); err == nil {
		return nil
	}
	release := apt.ThisSystem()
	switch {
	case !release.HasAPT():
		return fmt.Errorf("%s is not installed, and packages of %s are not installed from here: install it with the system's own package manager", mmdebstrap, release)
	case os.Geteuid() != 0:
		return fmt.Errorf("%s is not installed, and installing it needs root: run `sudo apt-get install %s`", mmdebstrap, mmdebstrap)
	}
	defer tell.Phase("install " + mmdebstrap)()
	return apt.InstallPackages(ctx, out, mmdebstrap)
}
