package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/assets"
)

func TestOnlyFlagsAreTaken(t *testing.T) {
	g := gomega.NewWithT(t)
	g.Expect(run(t.Context(), []string{"podman"})).To(gomega.MatchError(`"podman" is no flag: see nodeimage -h`))
	g.Expect(run(t.Context(), []string{"-no-such-flag"})).To(gomega.MatchError(gomega.ContainSubstring("-no-such-flag")))
}

func TestOutsideOfTheSourceTreeNothingIsPrepared(t *testing.T) {
	g := gomega.NewWithT(t)
	t.Chdir(t.TempDir())
	g.Expect(run(t.Context(), nil)).To(gomega.MatchError(gomega.ContainSubstring("finding the source tree")))
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
		{"another one", assets.Want{Kubernetes: "v1.20.0"}, "tools/distro/go.mod pins " + pinned + ": leave KUBERNETES out, or name an image"},
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
			g.Expect(b.distro).To(gomega.MatchRegexp(`^[0-9a-f]{12}$`))
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
