package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"

	"seatrial/tools/internal/apt"
	"seatrial/tools/internal/telling"
)

// mmdebstrap unpacks Debian's packages.
const mmdebstrap = "mmdebstrap"

// needMmdebstrap installs the one tool that a node image needs beside Go and an engine,
// where that is possible without asking anybody: as root, on Debian and its kin.
func needMmdebstrap(ctx context.Context, tell telling.Telling) error {
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
	const phase = "install " + mmdebstrap
	tell.PlanPhases(1)
	return tell.Try(phase, func() error { return apt.InstallPackages(ctx, tell.Lines(phase), mmdebstrap) })
}
