package framework

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/filelock"
)

// patience bounds the wait for what should happen at once.
const patience = 10 * time.Second

// bare is a machine without an engine, and a cache folder with what a build leaves there.
func bare(t *testing.T) (cache string) {
	t.Helper()
	g := gomega.NewWithT(t)
	cache = filepath.Join(t.TempDir(), "cache")
	t.Setenv("SEATRIAL_CACHE", cache)
	t.Setenv("PATH", t.TempDir())
	t.Setenv("TMPDIR", t.TempDir())
	for _, name := range []string{"parts/helm-1", "prepared", "clusters", "node-work-1"} {
		g.Expect(os.MkdirAll(filepath.Join(cache, name), 0o700)).To(gomega.Succeed())
	}
	return cache
}

func TestCleaningRemovesTheCacheFolder(t *testing.T) {
	g := gomega.NewWithT(t)
	cache := bare(t)

	removed, err := Clean(t.Context(), Options{})

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(removed).To(gomega.ContainElements(filepath.Join(cache, "parts"), filepath.Join(cache, "node-work-1")))
	g.Expect(cache).ToNot(gomega.BeADirectory())
	g.Expect(Clean(t.Context(), Options{})).To(gomega.ConsistOf(filepath.Join(cache, "engine")), "made to look for an engine, and gone again")
}

// The folder can be any: somebody's home, or a disk with other caches.
func TestCleaningLeavesWhatIsNotOurs(t *testing.T) {
	g := gomega.NewWithT(t)
	cache := bare(t)
	precious := filepath.Join(cache, "thesis", "chapter1.tex")
	g.Expect(os.MkdirAll(filepath.Dir(precious), 0o700)).To(gomega.Succeed())
	g.Expect(os.WriteFile(precious, nil, 0o600)).To(gomega.Succeed())

	_, err := Clean(t.Context(), Options{})

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(precious).To(gomega.BeARegularFile())
	entries, err := os.ReadDir(cache)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(entries).To(gomega.HaveLen(1))
}

// A build that is under way would lose what it stands on.
func TestCleaningWaitsForABuild(t *testing.T) {
	g := gomega.NewWithT(t)
	cache := bare(t)
	release, err := filelock.Take(t.Context(), assets.BuildLock(cache), nil)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	waiting := make(chan string, 1)
	cleaned := make(chan error, 1)
	go func() {
		_, err := Clean(t.Context(), Options{Progress: func(line string) { waiting <- line }})
		cleaned <- err
	}()
	g.Eventually(waiting).WithTimeout(patience).Should(gomega.Receive(gomega.HavePrefix("waiting for a build to end")))
	g.Expect(filepath.Join(cache, "parts", "helm-1")).To(gomega.BeADirectory())

	g.Expect(release()).To(gomega.Succeed())
	g.Eventually(cleaned).WithTimeout(patience).Should(gomega.Receive(gomega.Succeed()))
	g.Expect(cache).ToNot(gomega.BeADirectory())
}

func TestSweepingAMachineWithoutAnEngineFindsNothing(t *testing.T) {
	g := gomega.NewWithT(t)
	bare(t)
	g.Expect(Sweep(t.Context(), Options{})).To(gomega.BeEmpty())
	_, err := Sweep(t.Context(), Options{Settings: Settings{Want: assets.Want{Provider: assets.Auto}}})
	g.Expect(err).ToNot(gomega.HaveOccurred())
}
