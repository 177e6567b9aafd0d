package apt

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"

	"seatrial/e2e/framework/engine"
)

func TestPodmanIsInstalledOnlyWhereThatHelps(t *testing.T) {
	t.Parallel()
	debian, fedora := OSRelease{ID: "debian"}, OSRelease{ID: "fedora", Name: "Fedora Linux 42"}
	missing := []engine.Rejection{
		{Engine: "podman", Cause: "not installed", Installable: true},
		{Engine: "docker", Cause: "Cannot connect to the Docker daemon"},
	}
	full := []engine.Rejection{{Engine: "podman", Cause: "no space left on device"}}
	for name, test := range map[string]struct {
		release    OSRelease
		root       bool
		rejections []engine.Rejection
		install    bool
		advice     string
	}{
		"root on Debian":         {release: debian, root: true, rejections: missing, install: true},
		"a user on Debian":       {release: debian, rejections: missing, advice: "sudo"},
		"root on Fedora":         {release: fedora, root: true, rejections: missing, advice: "on Fedora Linux 42"},
		"root on nothing known":  {root: true, rejections: missing, advice: "on an unknown system"},
		"podman is there":        {release: debian, root: true, rejections: full, advice: "follow its remedy"},
		"only docker was wanted": {release: debian, root: true, rejections: missing[1:], advice: "only podman"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			plan := Decide(test.release, test.root, test.rejections)
			g.Expect(plan.Install).To(gomega.Equal(test.install))
			if test.install {
				g.Expect(plan.Advice).To(gomega.BeEmpty())
				return
			}
			g.Expect(plan.Advice).To(gomega.ContainSubstring(test.advice))
		})
	}
}

func TestPackagesFitTheRelease(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lacks, want []string
	}{
		"with netavark": {
			lacks: []string{"containernetworking-plugins", "golang-github-containernetworking-plugin-dnsname"},
			want:  []string{"podman", "runc", "crun", "uidmap", "iptables", "netavark", "aardvark-dns", "nftables"},
		},
		"before netavark": {
			lacks: []string{"netavark", "aardvark-dns", "golang-github-containernetworking-plugin-dnsname"},
			want:  []string{"podman", "runc", "crun", "uidmap", "iptables", "containernetworking-plugins"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := choose(func(name string) bool { return !slices.Contains(test.lacks, name) })
			gomega.NewWithT(t).Expect(cmp.Diff(test.want, got)).To(gomega.BeEmpty())
		})
	}
}
