package embedded

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"

	"seatrial/e2e/framework/cluster"
)

// patience bounds the wait for what should happen at once, on a busy machine.
const patience = 20 * time.Second

// fakeBinary is built once for all tests.
type fakeBinary struct {
	once sync.Once
	dir  string
	path string
	err  error
	said []byte
}

var fake fakeBinary

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(fake.dir)
		os.Exit(code) //nolint:forbidigo // It is the end of the program.
	}))
}

func (f *fakeBinary) build(t *testing.T) string {
	t.Helper()
	f.once.Do(func() {
		if f.dir, f.err = os.MkdirTemp("", "fake"); f.err != nil { //nolint:usetesting // It is there for all tests.
			return
		}
		f.path = filepath.Join(f.dir, "embedded")
		f.said, f.err = exec.CommandContext(t.Context(), "go", "build", "-o", f.path, "./testdata/fake").CombinedOutput()
	})
	gomega.NewWithT(t).Expect(f.err).ToNot(gomega.HaveOccurred(), string(f.said))
	return f.path
}

// home is a provider with folders of its own, and what it says.
type home struct {
	*Provider

	temp, dir, artifacts string

	mu   sync.Mutex
	said []string
}

// newHome has a fake control plane that does wrong what mode says.
func newHome(t *testing.T, mode string) *home {
	t.Helper()
	g := gomega.NewWithT(t)
	binary := fake.build(t)
	temp, err := filepath.EvalSymlinks(t.TempDir())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	t.Setenv("TMPDIR", temp)
	t.Setenv("SEATRIAL_FAKE", mode)
	h := &home{temp: temp, dir: filepath.Join(t.TempDir(), "clusters"), artifacts: t.TempDir()}
	h.Provider, err = New(Options{Binary: binary, Dir: h.dir, Artifacts: h.artifacts})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	return h
}

func (h *home) say(line string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.said = append(h.said, line)
}

// create makes a cluster that is gone at the end.
func (h *home) create(t *testing.T, spec cluster.Spec) *embeddedCluster {
	t.Helper()
	g := gomega.NewWithT(t)
	spec.Progress = h.say
	made, err := h.Create(t.Context(), spec)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	t.Cleanup(func() { g.Expect(made.Delete(t.Context())).To(gomega.Succeed(), "although the test is over") })
	c, ok := made.(*embeddedCluster)
	g.Expect(ok).To(gomega.Equal(true))
	return c
}

// remains are the files and processes that are left.
func (h *home) remains(t *testing.T) []string {
	t.Helper()
	g := gomega.NewWithT(t)
	var found []string
	for _, dir := range []string{h.temp, h.dir} {
		entries, err := os.ReadDir(dir)
		if os.IsNotExist(err) {
			continue
		}
		g.Expect(err).ToNot(gomega.HaveOccurred())
		for _, entry := range entries {
			found = append(found, filepath.Join(dir, entry.Name()))
		}
	}
	return found
}

// alive tells whether there is such a process that has not ended.
func alive(pid int) bool {
	process, err := os.FindProcess(pid)
	return err == nil && process.Signal(zero) == nil
}
