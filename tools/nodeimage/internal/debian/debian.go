// Package debian makes root file systems of Debian packages with mmdebstrap, as tar
// files: no container engine, no registry, and nothing installed on this machine but
// mmdebstrap itself.
package debian

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"seatrial/e2e/framework/runid"
	"seatrial/tools/nodeimage/internal/group"
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
	Progress io.Writer // hears what the tool says, if anybody wants to
}

// Into writes the system as a tar file at path.
func (s System) Into(ctx context.Context, path string) error {
	if err := s.into(ctx, path); err != nil {
		return fmt.Errorf("making a root file system of %s with %s: %w", Suite, strings.Join(s.Packages, ", "), err)
	}
	return nil
}

func (s System) into(ctx context.Context, path string) (err error) {
	tool, err := exec.LookPath("mmdebstrap")
	if err != nil {
		return fmt.Errorf("%w: install it with: apt-get install mmdebstrap", ErrNoTool)
	}
	temp, remove, err := workFolder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	var said strings.Builder
	cmd := exec.CommandContext(ctx, tool, s.arguments(path)...)
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH="+strconv.FormatInt(s.Stamp.Unix(), 10), "LC_ALL=C.UTF-8", "TMPDIR="+temp)
	heard := io.Writer(&said)
	if s.Progress != nil {
		heard = io.MultiWriter(&said, s.Progress)
	}
	cmd.Stdout, cmd.Stderr = heard, heard
	cmd.WaitDelay = settle
	contain(ctx, cmd)
	group.Own(cmd, syscall.SIGTERM)
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("stopped: %w", context.Cause(ctx))
		}
		return fmt.Errorf("%w\n%s", err, tail(said.String()))
	}
	return nil
}

// workFolder is where the tool makes its own folder, which it leaves behind when it is
// killed. In one of ours, a later run finds that. Without root's rights the files in it
// belong to made-up users, and only the tool itself can remove them.
func workFolder() (dir string, remove func() error, err error) {
	if os.Geteuid() != 0 {
		return os.TempDir(), func() error { return nil }, nil
	}
	if dir, err = runid.TempDir("debian"); err != nil {
		return "", nil, err
	}
	//nolint:gosec // apt works as a user of its own, who has to get to what is inside.
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	return dir, func() error { return os.RemoveAll(dir) }, nil
}

// Inputs are all that decides what is in the system, less the packages' newest versions.
func (s System) Inputs() []string { return append(s.arguments(""), s.Stamp.String()) }

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
