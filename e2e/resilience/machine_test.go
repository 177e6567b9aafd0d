package resilience

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/outcome"
)

const machineTimeout = 10 * time.Minute

// A machine in a bad state is told from a workshop that is wrong, with what is the matter with it.
var _ = Describe("A machine in a bad state", Label("machine"), func() {
	It("is told by name, or does no harm", func(ctx SpecContext) {
		seatrial := buildSeatrial(ctx)
		table := outcome.New("machine", "Machines in a bad state")
		for _, state := range states() {
			m := newMachine(seatrial)
			row := outcome.Row{Done: state.name, Expected: "it passes"}
			if state.told != nil {
				row.Expected = fmt.Sprintf("exit code 1, with one of %q, and nothing left", state.told)
			}
			reason := state.spoil(ctx, m)
			switch {
			case reason != "":
				row.Happened, row.Held = "not tried: "+reason, true
			default:
				row.Happened, row.Held = state.try(ctx, m)
			}
			table.Add(row)
		}
		publish(table)
	}, NodeTimeout(machineTimeout))
})

// state is what is wrong with a machine.
type state struct {
	name string
	// told are words of which the error has at least one; nil if all is to pass nevertheless.
	told []string
	// spoil makes the machine so, or says why that cannot be tried here.
	spoil func(ctx context.Context, m *machine) (reason string)
}

func states() []state {
	inNamespace := func(flags, script string) func(context.Context, *machine) string {
		return func(ctx context.Context, m *machine) string {
			m.before = []string{"unshare", flags, "--", "sh", "-c", script + ` && exec "$0" "$@"`}
			probe := exec.CommandContext(ctx, "unshare", flags, "--", "sh", "-c", strings.ReplaceAll(script, "TEMP", m.temp))
			if out, err := probe.CombinedOutput(); err != nil {
				return fmt.Sprintf("%v: %s", err, bytes.TrimSpace(out))
			}
			m.before[len(m.before)-1] = strings.ReplaceAll(m.before[len(m.before)-1], "TEMP", m.temp)
			return ""
		}
	}
	return []state{
		{"no space left for temporary files", []string{"no space left on device"}, inNamespace("-rm", "mount -t tmpfs -o size=64k tmpfs TEMP")},
		{"files may not grow beyond 64 KiB", []string{"file too large", "SIGXFSZ"}, func(_ context.Context, m *machine) string {
			m.before = []string{"sh", "-c", `ulimit -f 128 && exec "$0" "$@"`}
			return ""
		}},
		{"a home that cannot be written to", nil, inNamespace("-rm", `mount --rbind "$HOME" "$HOME" && mount -o remount,bind,ro "$HOME"`)},
		{"a clock that runs from another start", nil, inNamespace("-rT", "true")},
		{"no helm command", []string{"make prepare"}, without("helm")},
		{"no kubectl command", []string{"make prepare"}, without("kubectl")},
		{"no control plane", []string{"make prepare"}, without("embedded")},
		{"a folder for temporary files that is not there", []string{"no such file or directory"}, func(_ context.Context, m *machine) string {
			m.env = append(m.env, "TMPDIR="+filepath.Join(m.temp, "gone"))
			return ""
		}},
	}
}

func (s state) try(ctx context.Context, m *machine) (happened string, held bool) {
	cmd := m.command(ctx, "demo", "--provider", "embedded")
	out, err := cmd.CombinedOutput()
	if left := append(m.outlive(ctx), m.folders()...); len(left) > 0 {
		return "left: " + strings.Join(left, ", "), false
	}
	if s.told == nil {
		if err != nil {
			return fmt.Sprintf("%v: %s", err, lastLines(string(out))), false
		}
		return "passed", true
	}
	if cmd.ProcessState.ExitCode() != 1 {
		return fmt.Sprintf("exit code %d: %s", cmd.ProcessState.ExitCode(), lastLines(string(out))), false
	}
	for _, words := range s.told {
		if strings.Contains(strings.Join(strings.Fields(string(out)), " "), words) {
			return lastLines(string(out)), true
		}
	}
	return "exit code 1, but: " + lastLines(string(out)), false
}

// without is a cache that lacks one file, wherever it is in it. What is recorded of the cache is copied, and all else linked to.
func without(file string) func(context.Context, *machine) string {
	return func(_ context.Context, m *machine) string {
		cache, err := assets.Cache()
		if err != nil {
			return err.Error()
		}
		copied := filepath.Join(m.temp, "cache")
		m.env = append(m.env, "SEATRIAL_CACHE="+copied)
		found := false
		err = filepath.WalkDir(cache, func(at string, entry fs.DirEntry, err error) error {
			name, nameErr := filepath.Rel(cache, at)
			switch {
			case err != nil || nameErr != nil:
				return errors.Join(err, nameErr)
			case entry.IsDir():
				return os.MkdirAll(filepath.Join(copied, name), 0o700)
			case filepath.Base(at) == file:
				found = true
				return nil
			case strings.HasPrefix(name, "prepared"):
				content, err := os.ReadFile(at) //nolint:gosec // The cache is the user's own.
				moved := bytes.ReplaceAll(content, []byte(cache), []byte(copied))
				return errors.Join(err, os.WriteFile(filepath.Join(copied, name), moved, 0o600)) //nolint:gosec // As above.
			default:
				return os.Symlink(at, filepath.Join(copied, name)) //nolint:gosec // As above.
			}
		})
		if err == nil && !found {
			err = errors.New("the cache has no file " + file)
		}
		if err != nil {
			return err.Error()
		}
		return ""
	}
}
