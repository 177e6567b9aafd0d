package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"

	"seatrial/e2e/framework/typed"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answer is what a fake engine says to calls that start with some words.
type answer struct {
	call, stdout, stderr string
	code                 int
}

// fakes is a folder of fake engines: shell scripts that stand in for engines and conditions that this machine does not
// have, and repeat what the real ones were recorded to say.
type fakes struct {
	dir string
}

// onlyFakes makes a folder of fake engines all there is on PATH.
func onlyFakes(t *testing.T) fakes {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	t.Setenv(settingsVariable, "")
	return fakes{dir: dir}
}

// add puts one fake engine there; the first answer that fits a call counts, and what fits none is answered by silence.
func (f fakes) add(t *testing.T, name string, answers ...answer) {
	t.Helper()
	var script strings.Builder
	fmt.Fprintf(&script, "#!/bin/sh\necho \"$*\" >>%s\ncase \"$*\" in\n", typed.Quote(f.callsPath(name)))
	for _, answer := range answers {
		fmt.Fprintf(&script, "%s*) printf '%%s\\n' %s; printf '%%s\\n' %s >&2; exit %d ;;\n",
			typed.Quote(answer.call), typed.Quote(answer.stdout), typed.Quote(answer.stderr), answer.code)
	}
	script.WriteString("esac\n")
	//nolint:gosec // It is to be executed.
	err := os.WriteFile(filepath.Join(f.dir, name), []byte(script.String()), 0o700)
	gomega.NewWithT(t).Expect(err).NotTo(gomega.HaveOccurred())
}

// callsPath is where a fake engine writes down its calls.
func (f fakes) callsPath(name string) string { return filepath.Join(f.dir, name+".calls") }

// calls returns what the fake podman was called with since the last time.
func (f fakes) calls(t *testing.T) []string {
	t.Helper()
	g := gomega.NewWithT(t)
	text, err := os.ReadFile(f.callsPath(podman))
	if os.IsNotExist(err) {
		return nil
	}
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(os.Remove(f.callsPath(podman))).To(gomega.Succeed())
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// willing are the answers of a podman that can do everything.
func willing() []answer {
	return []answer{
		{call: "--version", stdout: "podman version 4.3.1"},
		{call: "info", stdout: `{"host":{"cgroupVersion":"v1","security":{"rootless":false}}}`},
		{call: "network inspect", stdout: "true"},
		{call: "wait", stdout: "0"},
		{call: "logs", stdout: probeWord + "\r"},
	}
}

// but puts other answers before those of a willing engine.
func but(others ...answer) []answer { return append(others, willing()...) }

// as returns the error of a type that another error is or wraps.
func as[T error](t *testing.T, err error) T {
	t.Helper()
	found, ok := errors.AsType[T](err)
	gomega.NewWithT(t).Expect(ok).To(gomega.BeTrueBecause("it is no %T: %v", found, err))
	return found
}

// finderOn is a finder for a machine that this one need not be.
func finderOn(t *testing.T, host Host) *finder {
	t.Helper()
	image, err := newProbeImage(runtime.GOARCH)
	gomega.NewWithT(t).Expect(err).NotTo(gomega.HaveOccurred())
	return &finder{
		dir: t.TempDir(), host: host, image: image, log: slog.New(slog.DiscardHandler),
		parts: parts{runc: "/usr/bin/runc", netavark: "/usr/lib/podman/netavark", cniNetworks: true},
	}
}
