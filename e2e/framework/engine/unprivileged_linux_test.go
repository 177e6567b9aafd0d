package engine

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"github.com/onsi/gomega"
	"golang.org/x/sys/unix"
)

// unprivilegedVariable holds, for a child of a test, the engine it shall try.
const unprivilegedVariable = "SEATRIAL_TEST_UNPRIVILEGED"

// TestUnprivileged is not a test but the child that another test starts with less than it
// has itself.
func TestUnprivileged(t *testing.T) {
	want := os.Getenv(unprivilegedVariable)
	if want == "" {
		return
	}
	_, err := Find(t.Context(), Options{Dir: t.TempDir(), Want: want})
	if unusable, ok := errors.AsType[*NotUsableError](err); ok {
		t.Log(unusable.Details())
	}
}

// An engine can be there, answer, and still have no right to do what a node needs.
func TestRealEngineWithoutPrivilegesIsRejectedWithARemedy(t *testing.T) {
	e := realEngine(t)
	if e.Name != podman {
		t.Skipf("%s has a daemon, whose rights are not those of its client", e.Name)
	}
	g := gomega.NewWithT(t)
	program, err := os.Executable()
	g.Expect(err).NotTo(gomega.HaveOccurred())
	child := exec.CommandContext(t.Context(), program, "-test.run=^TestUnprivileged$", "-test.v")
	child.Env = append(os.Environ(), unprivilegedVariable+"="+e.Name)

	output, err := startWithout(child, unix.CAP_NET_ADMIN)

	g.Expect(err).NotTo(gomega.HaveOccurred(), output)
	g.Expect(output).To(gomega.ContainSubstring("CAP_NET_ADMIN"))
	g.Expect(output).To(gomega.MatchRegexp(`(?i)operation not permitted|permission denied`))
	g.Expect(output).To(gomega.ContainSubstring("use root, with the capabilities that a node needs: this user, or this machine's security policy, lacks some"))
}

// startWithout runs a command that can never have a capability, and returns what it prints.
func startWithout(command *exec.Cmd, capability uintptr) (output string, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		// The thread has lost the capability for good, so it ends with this goroutine.
		runtime.LockOSThread()
		if err = unix.Prctl(unix.PR_CAPBSET_DROP, capability, 0, 0, 0); err != nil {
			return
		}
		var printed []byte
		printed, err = command.CombinedOutput()
		output = string(printed)
	}()
	<-done
	return output, err
}
