package harness

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/client-go/kubernetes"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/cluster/kind"
	"seatrial/e2e/framework/engine"
)

const (
	// kindTimeout is for a spec that makes a cluster, also on a busy machine, and
	// kindGoneTimeout for one that ends it or makes none.
	kindTimeout     = 5 * time.Minute
	kindGoneTimeout = 2 * time.Minute

	// kindNetwork is what all clusters of the provider share.
	kindNetwork = "seatrial"
)

// kindHome is a provider with a folder of its own, and what is needed to see what it leaves.
type kindHome struct {
	provider        *kind.Provider
	engine          *engine.Engine
	dir             string
	artifacts       string
	usersKubeconfig string
	onProgress      func(line string)

	mu       sync.Mutex
	progress []string
}

func newKindHome(ctx SpecContext) *kindHome {
	GinkgoHelper()
	if nodeImage() == "" {
		Skip("no provider kind here: " + handle.Assets.WithoutNodes)
	}
	home := &kindHome{dir: GinkgoT().TempDir(), artifacts: GinkgoT().TempDir(), onProgress: func(string) {}}
	home.usersKubeconfig = filepath.Join(GinkgoT().TempDir(), "config")
	GinkgoT().Setenv("KUBECONFIG", home.usersKubeconfig)

	var err error
	home.engine, err = assets.FindEngine(ctx, engine.Options{Want: handle.Assets.Engine})
	Expect(err).ToNot(HaveOccurred())
	home.provider, err = kind.New(home.engine, kind.Options{Dir: home.dir, Artifacts: home.artifacts})
	Expect(err).ToNot(HaveOccurred())
	return home
}

// spec fills in what every spec has.
func (h *kindHome) spec(spec cluster.Spec) cluster.Spec {
	spec.NodeImage = nodeImage()
	start := time.Now()
	spec.Progress = func(line string) {
		GinkgoWriter.Printf("%5.1fs %s\n", time.Since(start).Seconds(), line)
		h.mu.Lock()
		h.progress = append(h.progress, line)
		h.mu.Unlock()
		h.onProgress(line)
	}
	return spec
}

// lines are the progress since the last forget.
func (h *kindHome) lines() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.progress)
}

func (h *kindHome) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.progress = nil
}

// create brings up a cluster that is removed in the end.
func (h *kindHome) create(ctx SpecContext, spec cluster.Spec) cluster.Cluster {
	GinkgoHelper()
	c, err := h.provider.Create(ctx, h.spec(spec))
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(func(ctx SpecContext) error { return c.Delete(ctx) }, NodeTimeout(kindGoneTimeout))
	return c
}

func (h *kindHome) run(ctx SpecContext, args ...string) string {
	GinkgoHelper()
	text, err := h.engine.Run(ctx, args...)
	Expect(err).ToNot(HaveOccurred())
	return text
}

// remains lists everything on the machine that bears the name of a cluster, and the
// network if nobody is on it.
func (h *kindHome) remains(ctx SpecContext, name string) []string {
	GinkgoHelper()
	found := strings.Fields(h.run(ctx, "ps", "--all", "--format", "{{.Names}}", "--filter", "name="+name))
	for line := range strings.SplitSeq(h.run(ctx, "volume", "ls", "--format", "{{.Name}} {{.Labels}}"), "\n") {
		if strings.Contains(line, name) {
			found = append(found, line)
		}
	}
	networks := strings.Fields(h.run(ctx, "network", "ls", "--format", "{{.Name}}"))
	if slices.Contains(networks, kindNetwork) && h.run(ctx, "ps", "--all", "--quiet", "--filter", "network="+kindNetwork) == "" {
		found = append(found, "network "+kindNetwork)
	}
	entries, err := os.ReadDir(h.dir)
	Expect(err).ToNot(HaveOccurred())
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	return found
}

func clientOf(c cluster.Cluster) kubernetes.Interface {
	GinkgoHelper()
	config, err := cluster.RESTConfig(c)
	Expect(err).ToNot(HaveOccurred())
	client, err := kubernetes.NewForConfig(config)
	Expect(err).ToNot(HaveOccurred())
	return client
}
