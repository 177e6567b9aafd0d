package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/report"
	"seatrial/tools/internal/telling"
	"seatrial/tools/nodeimage/internal/parts"
)

// silent is a telling that nobody hears.
func silent() telling.Telling { return telling.Telling{Stream: &report.Stream{}} }

func TestOnlyFlagsAreTaken(t *testing.T) {
	g := gomega.NewWithT(t)
	_, err := wanted([]string{"podman"})
	g.Expect(err).To(gomega.MatchError(`"podman" is no flag: see nodeimage -h`))
	_, err = wanted([]string{"-no-such-flag"})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("-no-such-flag")))
}

func TestOutsideOfTheSourceTreeNothingIsPrepared(t *testing.T) {
	g := gomega.NewWithT(t)
	t.Chdir(t.TempDir())
	g.Expect(prepare(t.Context(), &builder{tell: silent()})).To(gomega.MatchError(gomega.ContainSubstring("finding the source tree")))
}

func TestOnlyThePinnedKubernetesCanBeBuilt(t *testing.T) {
	root, err := assets.Root()
	g := gomega.NewWithT(t)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	pinned, err := assets.DistroVersion(root, "k8s.io/kubernetes")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	for _, test := range []struct {
		name string
		want assets.Want
		says string
	}{
		{"no version", assets.Want{}, ""},
		{"the pinned one", assets.Want{Kubernetes: pinned}, ""},
		{"another one of an image", assets.Want{Kubernetes: "v1.20.0", NodeImage: "kindest/node:v1.20.0"}, ""},
		{"another one of a cluster that is there", assets.Want{Kubernetes: "v1.20.0", Provider: assets.Existing}, ""},
		{"another one", assets.Want{Kubernetes: "v1.20.0"}, "tools/distro/go.mod pins " + pinned + ": leave KUBERNETES out, or name a node image"},
		{
			"another one of an image that is not used",
			assets.Want{Kubernetes: "v1.20.0", NodeImage: "kindest/node:v1.20.0", Provider: assets.Embedded},
			"building Kubernetes v1.20.0: tools/distro/go.mod pins " + pinned,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			b := &builder{want: test.want, root: root}
			err := b.version()
			if test.says != "" {
				g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(test.says)))
				return
			}
			g.Expect(err).ToNot(gomega.HaveOccurred())
			g.Expect(b.kubernetes).To(gomega.Equal(pinned))
		})
	}
}

func TestAFullDiskIsExplainedWhoeverFindsIt(t *testing.T) {
	g := gomega.NewWithT(t)
	t.Setenv("SEATRIAL_CACHE", "/somewhere/else")
	for _, full := range []error{
		fmt.Errorf("writing a layer: %w", &os.PathError{Op: "write", Path: "layer.tar", Err: syscall.ENOSPC}),
		errors.New("running `podman load`: exit status 125: Error: writing blob: write /var/tmp/storage: no space left on device"),
	} {
		err := withRemedy(full)
		g.Expect(err).To(gomega.MatchError(full))
		g.Expect(err).To(gomega.MatchError(gomega.And(
			gomega.ContainSubstring("The disk is full"), gomega.ContainSubstring("/somewhere/else"), gomega.ContainSubstring("GOCACHE"))))
	}
	other := errors.New("another reason")
	g.Expect(withRemedy(other)).To(gomega.BeIdenticalTo(other))
	g.Expect(withRemedy(nil)).To(gomega.Succeed())
}

// A disk that is full answers as this device does.
const fullDisk = "/dev/full"

func TestADiskThatIsReallyFullLeavesNothing(t *testing.T) {
	if _, err := os.Stat(fullDisk); err != nil {
		t.Skip("this system cannot play a full disk: ", err)
	}
	g := gomega.NewWithT(t)
	dir := filepath.Join(t.TempDir(), "parts")
	store, release, err := parts.Open(t.Context(), dir, &report.Stream{})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	defer func() { g.Expect(release()).To(gomega.Succeed()) }()

	_, err = store.Make(t.Context(), "layers", "0123", func(_ context.Context, _ string) error {
		return os.WriteFile(fullDisk, []byte("a layer"), 0o600)
	})

	g.Expect(withRemedy(err)).To(gomega.And(
		gomega.MatchError(syscall.ENOSPC), gomega.MatchError(gomega.ContainSubstring("The disk is full."))))
	g.Expect(os.ReadDir(dir)).To(gomega.BeEmpty(), "what was half made is gone")
}

func TestKindsFilesAreInTheModuleThatGoModPins(t *testing.T) {
	g := gomega.NewWithT(t)
	root, err := assets.Root()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	files, err := (&builder{root: root}).kindFiles(t.Context())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(filepath.Join(files, "etc", "containerd", "config.toml")).To(gomega.BeARegularFile())
	g.Expect(kindVersion(files)).To(gomega.MatchRegexp(`^kind@v\d+\.\d+\.\d+$`))

	_, err = (&builder{root: t.TempDir()}).kindFiles(t.Context())
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("downloading the kind module: exit status 1\n")))
}

// Everything that is compiled must be pinned, or the build of a node stops on a machine
// without a network.
func TestTheVersionsThatAreLinkedInArePinned(t *testing.T) {
	root, err := assets.Root()
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	for _, module := range []string{"k8s.io/kubernetes", "helm.sh/helm/v3", "go.etcd.io/etcd/server/v3", "github.com/containerd/containerd/v2"} {
		t.Run(module, func(t *testing.T) {
			g := gomega.NewWithT(t)
			g.Expect(assets.DistroVersion(root, module)).To(gomega.HavePrefix("v"))
		})
	}
}

func TestWithoutAnEngineThereAreNoNodesUnlessTheyAreAskedFor(t *testing.T) {
	for provider, c := range map[string]struct{ why, err string }{
		assets.Auto:     {"no container engine here can run a Kubernetes node (docker: not installed)", ""},
		"":              {"no container engine here can run a Kubernetes node (docker: not installed)", ""},
		assets.Embedded: {"PROVIDER=embedded needs none", ""},
		assets.Existing: {"PROVIDER=existing needs none", ""},
		assets.Kind:     {"", "no container engine here can run a Kubernetes node"},
	} {
		t.Run(provider, func(t *testing.T) {
			g := gomega.NewWithT(t)
			t.Setenv("PATH", t.TempDir())
			t.Setenv("SEATRIAL_CACHE", t.TempDir())
			b := &builder{want: assets.Want{Provider: provider, Engine: "docker"}, tell: silent()}
			err := b.findEngine(t.Context())
			if c.err != "" {
				g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(c.err)))
				return
			}
			g.Expect(err).ToNot(gomega.HaveOccurred())
			g.Expect(b.engine).To(gomega.BeNil())
			g.Expect(b.withoutNodes).To(gomega.Equal(c.why))
		})
	}
}

func TestWithoutItsToolRedisIsLeftOut(t *testing.T) {
	g := gomega.NewWithT(t)
	t.Setenv("PATH", t.TempDir())
	var told []string
	b := &builder{tell: telling.Telling{Stream: report.NewStream(nil, report.SinkFunc(func(e report.Event) {
		if e.Said != nil {
			told = append(told, *e.Said)
		}
	}))}}
	var made results
	g.Expect(b.unpackAll(t.Context(), &made)).To(gomega.Succeed())
	g.Expect(made.redis).To(gomega.BeEmpty())
	g.Expect(told).To(gomega.ConsistOf(gomega.And(
		gomega.HavePrefix("redis-server is left out, which only the guestbook's own tests need: "), gomega.ContainSubstring("mmdebstrap"))))
}
