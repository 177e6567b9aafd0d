// Package apt installs packages on Debian, Ubuntu and their kin: podman with what it needs for Kubernetes nodes, and the
// tools of a build.
package apt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"seatrial/tools/internal/byline"
)

const (
	// installTimeout bounds the whole installation, downloads included.
	installTimeout = 15 * time.Minute
	// stopGrace is how long apt may take to leave its database in order when it is cancelled.
	stopGrace = 30 * time.Second
	// lockTimeout makes apt wait for another apt instead of giving up at once; in seconds.
	lockTimeout = "DPkg::Lock::Timeout=120"
)

// Install refreshes the package lists and installs podman; progress sees all that apt says.
func Install(ctx context.Context, progress io.Writer) error {
	return install(ctx, progress, func(ctx context.Context) ([]string, error) {
		candidates, err := available(ctx)
		if err != nil {
			return nil, err
		}
		packages := choose(func(name string) bool { return slices.Contains(candidates, name) })
		if !slices.Contains(packages, "podman") {
			return nil, errors.New("installing podman: the package sources of this system do not have it")
		}
		return packages, nil
	})
}

// InstallPackages refreshes the package lists and installs these; progress sees all that apt says.
func InstallPackages(ctx context.Context, progress io.Writer, names ...string) error {
	return install(ctx, progress, func(context.Context) ([]string, error) { return names, nil })
}

func install(ctx context.Context, progress io.Writer, wanted func(ctx context.Context) ([]string, error)) error {
	cause := fmt.Errorf("not installed within %s", installTimeout)
	ctx, cancel := context.WithTimeoutCause(ctx, installTimeout, cause)
	defer cancel()
	// One broken source of packages among many must not matter, so this error counts only if a package is not found.
	updateErr := call(ctx, progress, "apt-get", "update", "-q", "-o", lockTimeout)
	packages, err := wanted(ctx)
	if err != nil {
		return errors.Join(updateErr, err)
	}
	args := append([]string{"install", "-q", "-y", "--no-install-recommends", "-o", lockTimeout}, packages...)
	return call(ctx, progress, "apt-get", args...)
}

// available lists those of our packages that apt could install.
func available(ctx context.Context) ([]string, error) {
	var policy bytes.Buffer
	all := choose(func(string) bool { return true })
	older := choose(func(name string) bool { return name != "netavark" })
	if err := call(ctx, &policy, "apt-cache", append([]string{"policy"}, append(all, older...)...)...); err != nil {
		return nil, err
	}
	return parsePolicy(policy.String()), nil
}

// parsePolicy reads "apt-cache policy": a line with the package's name and a colon, then indented facts about it.
func parsePolicy(policy string) []string {
	var names []string
	name := ""
	for line := range strings.Lines(policy) {
		trimmed := strings.TrimSpace(line)
		if !strings.HasPrefix(line, " ") {
			name = strings.TrimSuffix(trimmed, ":")
			continue
		}
		version, ok := strings.CutPrefix(trimmed, "Candidate:")
		if ok && name != "" && strings.TrimSpace(version) != "(none)" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// call runs one of apt's programs, which speaks English and asks nothing.
func call(ctx context.Context, output io.Writer, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8")
	said := &complaints{}
	heard := io.MultiWriter(output, &byline.Writer{Hear: said.hear})
	cmd.Stdout, cmd.Stderr = heard, heard
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopGrace
	err := cmd.Run()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return fmt.Errorf("running \"%s %s\": %w%s", name, strings.Join(args, " "), err, said)
}
