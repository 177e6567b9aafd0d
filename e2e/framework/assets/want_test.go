package assets

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"
)

func hash(t *testing.T, root string, names ...string) string {
	t.Helper()
	made, err := Hash(root, names...)
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return made
}

func TestAHashChangesWithWhatIsBuiltAndOnlyThen(t *testing.T) {
	before := map[string]string{"src/main.go": "package main\n", "src/lib/lib.go": "package lib\n", "src/embedded.yaml": "a: 1\n"}
	for _, test := range []struct {
		name   string
		change map[string]string
		same   bool
	}{
		{"a content", map[string]string{"src/lib/lib.go": "package lib // Changed.\n"}, false},
		{"a new file", map[string]string{"src/lib/more.go": "package lib\n"}, false},
		{"a file that is not Go", map[string]string{"src/embedded.yaml": "a: 2\n"}, false},
		{"a content that wanders", map[string]string{"src/main.go": "package lib\n", "src/lib/lib.go": "package main\n"}, false},
		{"a test", map[string]string{"src/main_test.go": "package main\n"}, true},
		{"documentation", map[string]string{"src/README.md": "# Read me\n"}, true},
		{"a golden file", map[string]string{"src/lib/testdata/golden.yaml": "a: 1\n"}, true},
		{"a hidden file", map[string]string{"src/.golangci.swp": "x"}, true},
		{"a hidden folder", map[string]string{"src/.idea/workspace.xml": "x"}, true},
		{"something beside it", map[string]string{"other/main.go": "package other\n"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			root := t.TempDir()
			write(t, root, before)
			first := hash(t, root, "src")
			write(t, root, test.change)
			if test.same {
				g.Expect(hash(t, root, "src")).To(gomega.Equal(first))
			} else {
				g.Expect(hash(t, root, "src")).ToNot(gomega.Equal(first))
			}
		})
	}
}

// Two checkouts of one source share what was made, wherever they are.
func TestAHashDoesNotDependOnWhereTheSourceIs(t *testing.T) {
	g := gomega.NewWithT(t)
	var hashes []string
	for _, place := range []string{"one", "testdata/two", ".hidden/three"} {
		root := filepath.Join(t.TempDir(), filepath.FromSlash(place))
		write(t, root, map[string]string{"src/main.go": "package main\n"})
		hashes = append(hashes, hash(t, root, "src"))
	}
	g.Expect(hashes).To(gomega.HaveEach(hashes[0]))
	g.Expect(hashes[0]).To(gomega.MatchRegexp(`^[0-9a-f]{12}$`))
	g.Expect(hashes[0]).ToNot(gomega.Equal(hash(t, t.TempDir())), "the file is in it")
}

func TestAFileIsHashedUnderItsName(t *testing.T) {
	g := gomega.NewWithT(t)
	root := t.TempDir()
	write(t, root, map[string]string{"a.go": "package same\n", "b.go": "package same\n"})
	g.Expect(hash(t, root, "a.go")).ToNot(gomega.Equal(hash(t, root, "b.go")))
	_, err := Hash(root, "c.go")
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix(`reading the sources in "c.go": `)))
}

func TestJoinTellsTextsApart(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := gomega.NewWithT(t)
		texts := rapid.SliceOfN(rapid.StringMatching(`[a-c:\n0-9]{0,3}`), 0, 4)
		one, other := texts.Draw(rt, "one"), texts.Draw(rt, "other")
		if slices.Equal(one, other) {
			g.Expect(Join(one...)).To(gomega.Equal(Join(other...)))
		} else {
			g.Expect(Join(one...)).ToNot(gomega.Equal(Join(other...)))
		}
	})
}

func TestEachChoiceHasARecordOfItsOwn(t *testing.T) {
	g := gomega.NewWithT(t)
	root := source(t)
	t.Setenv("SEATRIAL_CACHE", t.TempDir())
	seen := map[string]Want{}
	for _, want := range []Want{
		{},
		{Kubernetes: "v1"},
		{NodeImage: "v1"},
		{Engine: "docker"},
		{Engine: "podman"},
		{Kubernetes: "v1", NodeImage: "a"},
		{Kubernetes: "a", NodeImage: "v1"},
		{Kubernetes: "v1", NodeImage: "a", Engine: "podman"},
		{Provider: Embedded},
	} {
		at := record(t, root, want)
		g.Expect(seen).ToNot(gomega.HaveKey(at), "%+v has the record of %+v", want, seen[at])
		seen[at] = want
	}
}

func TestChoicesComeFromTheEnvironment(t *testing.T) {
	g := gomega.NewWithT(t)
	for _, name := range []string{"SEATRIAL_PROVIDER", "SEATRIAL_KUBERNETES", "SEATRIAL_NODE_IMAGE", "SEATRIAL_ENGINE"} {
		t.Setenv(name, "")
	}
	g.Expect(FromEnvironment()).To(gomega.Equal(Want{Provider: Auto, Engine: "auto"}))
	t.Setenv("SEATRIAL_KUBERNETES", "v1.36.0")
	t.Setenv("SEATRIAL_NODE_IMAGE", "kindest/node:v1.36.0")
	t.Setenv("SEATRIAL_ENGINE", "docker")
	t.Setenv("SEATRIAL_PROVIDER", "kind")
	g.Expect(FromEnvironment()).To(gomega.Equal(Want{Provider: Kind, Kubernetes: "v1.36.0", NodeImage: "kindest/node:v1.36.0", Engine: "docker"}))
}

func TestVersionsAreReadFromTheModuleThatPinsThem(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{"tools/distro/go.mod": `module seatrial/tools/distro

go 1.26.6

require k8s.io/kubernetes v1.37.2

require (
	k8s.io/kubernetes-more v0.1.0
	helm.sh/helm/v3 v3.22.0 // indirect
	github.com/rancher/local-path-provisioner v0.0.30
)
`})
	for module, version := range map[string]string{
		"k8s.io/kubernetes": "v1.37.2", "helm.sh/helm/v3": "v3.22.0", "github.com/rancher/local-path-provisioner": "v0.0.30",
	} {
		t.Run(module, func(t *testing.T) {
			gomega.NewWithT(t).Expect(DistroVersion(root, module)).To(gomega.Equal(version))
		})
	}
	g := gomega.NewWithT(t)
	_, err := DistroVersion(root, "k8s.io/kube")
	g.Expect(err).To(gomega.MatchError(`tools/distro/go.mod does not require "k8s.io/kube"`))
	_, err = DistroVersion(t.TempDir(), "k8s.io/kubernetes")
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("reading the pinned versions: ")))
}

func TestAProviderThatIsNoneIsRefusedWithThoseThatAre(t *testing.T) {
	g := gomega.NewWithT(t)
	for _, provider := range append(Providers(), "") {
		g.Expect(Want{Provider: provider}.Validate()).To(gomega.Succeed())
	}
	g.Expect(Want{Provider: "minikube"}.Validate()).To(gomega.MatchError(
		`SEATRIAL_PROVIDER="minikube": there is no such provider: choose one of auto, kind, embedded, existing`))
}
