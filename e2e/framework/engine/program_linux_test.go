package engine

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/onsi/gomega"
)

// Not parallel: a process that another test starts meanwhile could hold the file open for writing, and it would be busy.
func TestProbeProgramRunsHere(t *testing.T) {
	g := gomega.NewWithT(t)
	program, err := probeProgram(runtime.GOARCH)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	path := filepath.Join(t.TempDir(), "probe")
	g.Expect(os.WriteFile(path, program, 0o600)).To(gomega.Succeed())
	//nolint:gosec // It is to be executed.
	g.Expect(os.Chmod(path, 0o700)).To(gomega.Succeed())
	command := exec.CommandContext(t.Context(), path)
	if os.Geteuid() == 0 {
		// Keeps the program from changing the mounts of this machine.
		command.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	}
	output, err := command.Output()
	g.Expect(string(output)).To(gomega.Equal(probeWord + "\n"))
	if os.Geteuid() == 0 {
		g.Expect(err).NotTo(gomega.HaveOccurred())
		return
	}
	// A user may not change the mounts.
	g.Expect(as[*exec.ExitError](t, err).ExitCode()).To(gomega.BeEquivalentTo(syscall.EPERM))
}
