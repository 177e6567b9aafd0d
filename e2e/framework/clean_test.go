package framework

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
)

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

	removed, err := Clean(t.Context(), Settings{})

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(removed).To(gomega.ContainElements(filepath.Join(cache, "parts"), filepath.Join(cache, "node-work-1")))
	g.Expect(cache).ToNot(gomega.BeADirectory())
	g.Expect(Clean(t.Context(), Settings{})).To(gomega.ConsistOf(filepath.Join(cache, "engine")), "made to look for an engine, and gone again")
}

// The folder can be any: somebody's home, or a disk with other caches.
func TestCleaningLeavesWhatIsNotOurs(t *testing.T) {
	g := gomega.NewWithT(t)
	cache := bare(t)
	precious := filepath.Join(cache, "thesis", "chapter1.tex")
	g.Expect(os.MkdirAll(filepath.Dir(precious), 0o700)).To(gomega.Succeed())
	g.Expect(os.WriteFile(precious, nil, 0o600)).To(gomega.Succeed())

	_, err := Clean(t.Context(), Settings{})

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(precious).To(gomega.BeARegularFile())
	entries, err := os.ReadDir(cache)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(entries).To(gomega.HaveLen(1))
}

func TestSweepingAMachineWithoutAnEngineFindsNothing(t *testing.T) {
	g := gomega.NewWithT(t)
	bare(t)
	g.Expect(Sweep(t.Context(), Options{})).To(gomega.BeEmpty())
	_, err := Sweep(t.Context(), Options{Settings: Settings{Provider: "auto"}})
	g.Expect(err).ToNot(gomega.HaveOccurred())
}
