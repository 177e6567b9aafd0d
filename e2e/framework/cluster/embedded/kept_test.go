package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
)

func kept() cluster.Spec { return cluster.Spec{Keep: true, Name: "test"} }

func TestAKeptClusterIsTakenOver(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "")
	first := h.create(t, kept())
	g.Expect(first.Name()).To(gomega.Equal("seatrial-keep-embedded-test"))
	pid := first.child.pid
	session, _, errno := syscall.Syscall(syscall.SYS_GETSID, uintptr(pid), 0, 0)
	g.Expect(errno).To(gomega.BeZero())
	g.Expect(int(session)).To(gomega.Equal(pid), "it does not end with our terminal")

	h.said = nil
	second := h.create(t, kept())
	g.Expect(second.child).To(gomega.BeNil())
	g.Expect(h.said).To(gomega.ConsistOf("taking over kept cluster seatrial-keep-embedded-test"))
	g.Expect(second.Kubeconfig()).To(gomega.Equal(first.Kubeconfig()))
	g.Expect(h.Sweep(t.Context())).To(gomega.BeEmpty(), "kept clusters stay")
	g.Expect(alive(pid)).To(gomega.Equal(true))

	g.Expect(second.Delete(t.Context())).To(gomega.Succeed())
	g.Expect(alive(pid)).To(gomega.Equal(false))
	g.Expect(h.remains(t)).To(gomega.BeEmpty())
	g.Expect(second.LoadImages(t.Context())).To(gomega.MatchError(errEnded))
}

func TestAKeptClusterThatIsNotGoodIsMadeAnew(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, h *home, c *embeddedCluster)
		says  string
	}{
		"it was killed": {func(t *testing.T, _ *home, c *embeddedCluster) {
			t.Helper()
			gomega.NewWithT(t).Expect(c.child.stop(t.Context())).To(gomega.Succeed())
		}, "its control plane has ended"},
		"it hangs": {func(t *testing.T, _ *home, c *embeddedCluster) {
			t.Helper()
			halt(t, c.child.pid)
		}, "no answer within 5s"},
		"it is of another build": {func(t *testing.T, h *home, _ *embeddedCluster) {
			t.Helper()
			other := filepath.Join(t.TempDir(), "embedded")
			gomega.NewWithT(t).Expect(os.Link(h.options.Binary, other)).To(gomega.Succeed())
			h.options.Binary = other
		}, "it was made by another build"},
		"its record is broken": {func(t *testing.T, _ *home, c *embeddedCluster) {
			t.Helper()
			gomega.NewWithT(t).Expect(os.WriteFile(filepath.Join(c.dir, recordFile), []byte("{"), 0o600)).To(gomega.Succeed())
		}, "reading what it is"},
		"it has more nodes": {func(t *testing.T, _ *home, c *embeddedCluster) {
			t.Helper()
			gomega.NewWithT(t).Expect(record{Binary: c.provider.options.Binary, Nodes: 3}.write(c.dir)).To(gomega.Succeed())
		}, "it has 3 nodes instead of 1"},
		"it has a load balancer": {func(t *testing.T, _ *home, c *embeddedCluster) {
			t.Helper()
			gomega.NewWithT(t).Expect(record{Binary: c.provider.options.Binary, Nodes: 1, Balanced: true}.write(c.dir)).To(gomega.Succeed())
		}, "it has a load balancer, which is not wanted"},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			h := newHome(t, "")
			first := h.create(t, kept())
			c.spoil(t, h, first)
			h.said = nil
			second := h.create(t, kept())
			g.Expect(h.said).To(gomega.ContainElement(gomega.And(
				gomega.HavePrefix("kept cluster seatrial-keep-embedded-test is made anew: "), gomega.ContainSubstring(c.says))))
			g.Expect(second.child.pid).ToNot(gomega.Equal(first.child.pid))
			g.Eventually(alive).WithArguments(first.child.pid).WithTimeout(patience).Should(gomega.Equal(false))
			g.Expect(second.running()).To(gomega.Succeed())
			g.Expect(second.Delete(t.Context())).To(gomega.Succeed())
			g.Expect(h.remains(t)).To(gomega.BeEmpty())
		})
	}
}

// halt stops a process without ending it, and returns when it stands still.
func halt(t *testing.T, pid int) {
	t.Helper()
	g := gomega.NewWithT(t)
	g.Expect(syscall.Kill(pid, syscall.SIGSTOP)).To(gomega.Succeed())
	g.Eventually(func() (string, error) {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return string(status), err
	}).WithTimeout(patience).Should(gomega.ContainSubstring(") T "))
}

func TestRunsThatWantTheSameKeptClusterMakeItOnce(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "")
	made := make([]cluster.Cluster, 3)
	errs := make([]error, len(made))
	var group sync.WaitGroup
	for i := range made {
		group.Go(func() { made[i], errs[i] = h.Create(t.Context(), kept()) })
	}
	group.Wait()
	g.Expect(errors.Join(errs...)).To(gomega.Succeed())
	starters := 0
	for _, c := range made {
		if one, ok := c.(*embeddedCluster); ok && one.child != nil {
			starters++
		}
	}
	g.Expect(starters).To(gomega.Equal(1))
	for _, c := range made {
		g.Expect(c.Delete(t.Context())).To(gomega.Succeed())
	}
	g.Expect(h.remains(t)).To(gomega.BeEmpty())
}

func TestACancelledCreationOfAKeptClusterLeavesNothing(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "hangs")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	spec := kept()
	spec.Progress = func(string) { time.AfterFunc(50*time.Millisecond, cancel) }
	_, err := h.Create(ctx, spec)
	g.Expect(err).To(gomega.MatchError(context.Canceled))
	g.Expect(h.remains(t)).To(gomega.BeEmpty())
}

func TestCleaningEndsKeptClusters(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "")
	c := h.create(t, kept())
	g.Expect(h.Clean(t.Context())).To(gomega.ConsistOf("seatrial-keep-embedded-test"))
	g.Eventually(alive).WithArguments(c.child.pid).WithTimeout(patience).Should(gomega.Equal(false))
	g.Expect(h.remains(t)).To(gomega.BeEmpty())
	g.Expect(h.Clean(t.Context())).To(gomega.BeEmpty())
}

// doomed is what a child of a test is told, which makes a cluster and is then killed.
type doomed struct {
	Binary string `json:"binary"`
	Dir    string `json:"dir"`
	Name   string `json:"name"`
	Keep   bool   `json:"keep"`
}

const doomedVariable = "SEATRIAL_DOOMED"

// TestDoomed is not a test but the child that one starts in order to kill it.
func TestDoomed(t *testing.T) {
	text := os.Getenv(doomedVariable)
	if text == "" {
		return
	}
	g := gomega.NewWithT(t)
	var d doomed
	g.Expect(json.Unmarshal([]byte(text), &d)).To(gomega.Succeed())
	provider, err := New(Options{Binary: d.Binary, Dir: d.Dir})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	made, err := provider.Create(t.Context(), cluster.Spec{Name: d.Name, Keep: d.Keep})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	c, ok := made.(*embeddedCluster)
	g.Expect(ok).To(gomega.Equal(true))
	g.Expect(os.WriteFile(filepath.Join(d.Dir, "made"), fmt.Append(nil, c.child.pid), 0o600)).To(gomega.Succeed())
	<-t.Context().Done()
	select {}
}

// kill lets a process make a cluster, kills it, and tells which process the cluster was.
func (h *home) kill(t *testing.T, spec cluster.Spec) (pid int) {
	t.Helper()
	g := gomega.NewWithT(t)
	g.Expect(os.MkdirAll(h.dir, 0o700)).To(gomega.Succeed())
	text, err := json.Marshal(doomed{Binary: h.options.Binary, Dir: h.dir, Name: spec.Name, Keep: spec.Keep})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	program, err := os.Executable()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	child := exec.CommandContext(t.Context(), program, "-test.run=^TestDoomed$")
	child.Env = append(os.Environ(), doomedVariable+"="+string(text))
	var said strings.Builder
	child.Stdout, child.Stderr = &said, &said
	g.Expect(child.Start()).To(gomega.Succeed())
	made := filepath.Join(h.dir, "made")
	g.Eventually(made).WithTimeout(patience).Should(gomega.BeARegularFile(), "%s", &said)
	g.Eventually(func() (int, error) {
		written, err := os.ReadFile(made)
		if err == nil {
			_, err = fmt.Sscan(string(written), &pid)
		}
		return pid, err
	}).WithTimeout(patience).Should(gomega.BeNumerically(">", 0))
	g.Expect(os.Remove(made)).To(gomega.Succeed())
	g.Expect(child.Process.Kill()).To(gomega.Succeed())
	_ = child.Wait()
	return pid
}

func TestAClusterWhoseRunWasKilledEndsAndIsSwept(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "")
	pid := h.kill(t, cluster.Spec{Name: "orphan"})
	g.Eventually(alive).WithArguments(pid).WithTimeout(patience).Should(gomega.Equal(false), "it ends with its parent")
	g.Expect(h.remains(t)).ToNot(gomega.BeEmpty(), "nobody has removed its folder")
	g.Expect(h.Sweep(t.Context())).To(gomega.HaveLen(1))
	g.Expect(h.remains(t)).To(gomega.BeEmpty())
}

func TestAKeptClusterOutlivesItsRun(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "")
	pid := h.kill(t, kept())
	g.Consistently(alive).WithArguments(pid).WithTimeout(200 * time.Millisecond).Should(gomega.Equal(true))
	g.Expect(h.Sweep(t.Context())).To(gomega.BeEmpty())
	c := h.create(t, kept())
	g.Expect(c.child).To(gomega.BeNil(), "taken over")
	g.Expect(holders(c.dir)).To(gomega.ConsistOf(pid))

	g.Expect(syscall.Kill(pid, syscall.SIGKILL)).To(gomega.Succeed())
	g.Eventually(func() ([]int, error) { return holders(c.dir) }).WithTimeout(patience).Should(gomega.BeEmpty())
	g.Expect(h.Sweep(t.Context())).To(gomega.ConsistOf(c.Name()), "nothing runs there any more")
	g.Expect(h.remains(t)).To(gomega.BeEmpty())
	_, err := readRecord(c.dir)
	g.Expect(err).To(gomega.MatchError(fs.ErrNotExist))
}
