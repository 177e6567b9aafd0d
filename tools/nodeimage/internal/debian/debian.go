// Package debian makes root file systems of Debian packages with mmdebstrap, as tar
// files: no container engine, no registry, and nothing installed on this machine but
// mmdebstrap itself.
package debian

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Suite is the Debian release that images are made of. Debian 12 has the last systemd
// that still boots on a host with version 1 control groups.
const Suite = "bookworm"

// settle is how long mmdebstrap gets to unmount and remove its folder after an interrupt.
const settle = 30 * time.Second

// ErrNoTool means that mmdebstrap is not installed.
var ErrNoTool = errors.New("mmdebstrap is not installed")

// System is a root file system to make.
type System struct {
	// Bootable systems are installed, with their maintainer scripts run; others are
	// merely unpacked, which is enough to take programs and libraries from.
	Bootable bool
	Packages []string
	Stamp    time.Time // of files that the installation writes
}

// Into writes the system as a tar file at path.
func (s System) Into(ctx context.Context, path string) error {
	tool, err := exec.LookPath("mmdebstrap")
	if err != nil {
		return fmt.Errorf("making a root file system of %s: %w: install it with: apt-get install mmdebstrap", strings.Join(s.Packages, ", "), ErrNoTool)
	}
	cmd := exec.CommandContext(ctx, tool, s.arguments(path)...)
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH="+strconv.FormatInt(s.Stamp.Unix(), 10), "LC_ALL=C.UTF-8")
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = settle
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("making a root file system of %s: interrupted: %w", Suite, ctx.Err())
		}
		return fmt.Errorf("making a root file system of %s: %w\n%s", Suite, err, tail(said.String()))
	}
	return nil
}

func (s System) arguments(path string) []string {
	variant := "--variant=extract"
	if s.Bootable {
		variant = "--variant=minbase"
	}
	args := []string{
		variant,
		"--include=" + strings.Join(s.Packages, ","),
		// Documentation and translations are a third of the size and read by nobody.
		"--dpkgopt=path-exclude=/usr/share/man/*",
		"--dpkgopt=path-exclude=/usr/share/locale/*",
		"--dpkgopt=path-exclude=/usr/share/doc/*",
		"--dpkgopt=path-include=/usr/share/doc/*/copyright",
		"--aptopt=Acquire::Retries \"3\"",
		"--aptopt=APT::Install-Recommends \"false\"",
		"--format=tar",
	}
	// Suite and target only: mmdebstrap knows Debian's mirrors, and a machine with a
	// mirror of its own says so in its apt configuration.
	return append(args, Suite, path)
}

// tail is the end of a tool's output: the cause is there.
func tail(text string) string {
	const lines = 25
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
