package debian

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/assets"
	"seatrial/tools/nodeimage/internal/rootfs"
)

const patience = 10 * time.Second

// The tool's children do the work: an interrupt must reach them, too.
func TestAnInterruptEndsTheToolAndItsChildren(t *testing.T) {
	g := gomega.NewWithT(t)
	started := filepath.Join(t.TempDir(), "started")
	temp := pretend(t, `[ "$1" = --version ] && exit; sh -c 'echo $$ > `+started+`.part; mv `+started+`.part `+started+`; exec sleep 600'; exit 25`)
	ctx, interrupt := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- System{Packages: []string{"busybox"}}.Into(ctx, "root.tar") }()
	g.Eventually(started).WithContext(t.Context()).WithTimeout(patience).Should(gomega.BeAnExistingFile())
	child, err := os.ReadFile(started)
	g.Expect(err).ToNot(gomega.HaveOccurred())

	interrupt()

	g.Eventually(done).WithContext(t.Context()).WithTimeout(patience).Should(gomega.Receive(gomega.MatchError(
		"making a root file system of bookworm with busybox: stopped: context canceled")))
	pid, err := strconv.Atoi(strings.TrimSpace(string(child)))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Eventually(func() bool { return ended(pid) }).
		WithContext(t.Context()).WithTimeout(patience).Should(gomega.BeTrueBecause("process %d has ended", pid))
	g.Expect(os.ReadDir(temp)).To(gomega.BeEmpty())
}

// ended tells whether a process is gone, or would be if somebody had asked how it went.
func ended(pid int) bool {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	return err != nil || strings.Contains(string(status), "\nState:\tZ")
}

// Killed in the middle, the real tool would leave the machine with its mounts.
func TestWhatTheToolMountsIsNotSeenOutside(t *testing.T) {
	g := gomega.NewWithT(t)
	if !ownMounts(t.Context(), "/bin/true") {
		t.Skip("this process may not mount anything: nothing can be left mounted")
	}
	temp := pretend(t, `[ "$1" = --version ] && exit; mkdir "$TMPDIR/dev" && mount -t tmpfs none "$TMPDIR/dev" && touch "$TMPDIR/dev/precious" && grep -c "$TMPDIR/dev" /proc/mounts; kill -9 $$`)

	err := System{Packages: []string{"busybox"}}.Into(t.Context(), "root.tar")

	g.Expect(err).To(gomega.MatchError(gomega.HaveSuffix("signal: killed\n1")), "the tool has mounted it")
	mounts, err := os.ReadFile("/proc/mounts")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(mounts)).ToNot(gomega.ContainSubstring(temp))
	g.Expect(os.ReadDir(temp)).To(gomega.BeEmpty())
}

// A small real system: from packages to files that can be looked up.
func TestARealSystem(t *testing.T) {
	if testing.Short() {
		t.Skip("it downloads packages")
	}
	g := gomega.NewWithT(t)
	_, err := exec.LookPath("mmdebstrap")
	if prepared, loadErr := assets.Load(assets.FromEnvironment()); err != nil && loadErr == nil && prepared.NodeImage == "" {
		t.Skip("this machine was prepared without mmdebstrap, and without nodes, which alone need it: ", prepared.WithoutNodes)
	}
	g.Expect(err).ToNot(gomega.HaveOccurred(), "run `make prepare`, which installs it")
	temp := t.TempDir()
	if os.Geteuid() == 0 { // Without root's rights, the tool acts as users who may not enter a test's folder.
		t.Setenv("TMPDIR", temp)
	}
	to := filepath.Join(t.TempDir(), "root.tar")

	g.Expect(System{Packages: []string{"busybox"}, Stamp: stamp}.Into(t.Context(), to)).To(gomega.Succeed())

	tree, err := rootfs.Open(to)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	defer func() { _ = tree.Close() }()
	found, err := tree.Closure("/bin/busybox")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(found["/bin/busybox"]).To(gomega.HavePrefix("\x7fELF"))
	g.Expect(len(found)).To(gomega.BeNumerically(">", 2), "busybox, its libraries and the loader")
	g.Expect(tree.Match("/usr/share/man/*")).To(gomega.BeEmpty())
	g.Expect(os.ReadDir(temp)).To(gomega.BeEmpty())
}
