package framework

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/assets"
)

// without is what was prepared on a machine without an engine.
func without() assets.Assets {
	return assets.Assets{EmbeddedKubernetes: "v1.37.2", Bin: "/bin", WithoutNodes: "podman: not installed"}
}

func TestTheProviderIsTheOneAskedFor(t *testing.T) {
	for provider, name := range map[string]string{assets.Embedded: "embedded", assets.Existing: "existing"} {
		t.Run(provider, func(t *testing.T) {
			g := gomega.NewWithT(t)
			bare(t)
			o := Options{Settings: Settings{Want: assets.Want{Provider: provider}}}
			got, err := o.pick(t.Context(), without(), t.TempDir())
			g.Expect(err).ToNot(gomega.HaveOccurred())
			g.Expect(got.provider.Name()).To(gomega.Equal(name))
			g.Expect(got.reason).To(gomega.Equal("as asked for"))
		})
	}
}

func TestTheVersionIsThatOfTheProvidersClusters(t *testing.T) {
	g := gomega.NewWithT(t)
	bare(t)
	prepared := without()
	prepared.Kubernetes = "v1.36.0" // Of a node image that the user named.
	o := Options{Settings: Settings{Want: assets.Want{Provider: assets.Embedded}}}
	got, err := o.pick(t.Context(), prepared, t.TempDir())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(got.kubernetes).To(gomega.Equal("v1.37.2"))

	o.Settings.Provider = assets.Existing
	got, err = o.pick(t.Context(), prepared, t.TempDir())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(got.kubernetes).To(gomega.BeEmpty(), "a cluster of the user's has any, unless the user says otherwise")
}

func TestAnotherVersionThanTheOneAskedForIsNotTaken(t *testing.T) {
	g := gomega.NewWithT(t)
	bare(t)
	o := Options{Settings: Settings{Want: assets.Want{Provider: assets.Embedded, Kubernetes: "v1.20.0"}}}
	_, err := o.pick(t.Context(), without(), t.TempDir())
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("provider embedded runs Kubernetes v1.37.2, and v1.20.0 is asked for: leave that out")))

	o.Settings.Kubernetes = "v1.37.2"
	_, err = o.pick(t.Context(), without(), t.TempDir())
	g.Expect(err).ToNot(gomega.HaveOccurred())

	o.Settings.Kubernetes, o.Settings.NodeImage = "v1.20.0", "kindest/node:v1.20.0"
	_, err = o.pick(t.Context(), without(), t.TempDir())
	g.Expect(err).ToNot(gomega.HaveOccurred(), "that is the version of the real nodes")
}

func TestAutoIsEmbeddedWhereNoNodesCanBeRunAndSaysWhy(t *testing.T) {
	image := without()
	image.NodeImage, image.Engine, image.WithoutNodes = "localhost/seatrial/node:v1", "docker", ""
	for name, c := range map[string]struct {
		prepared assets.Assets
		reason   string
		remedy   string
	}{
		"no image": {
			without(), "no node image was prepared: podman: not installed",
			"no node image was prepared: podman: not installed: run `make prepare PROVIDER=kind`",
		},
		"no engine": {
			image, "no container engine here can run a Kubernetes node (docker: not installed)",
			`run "make engine"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			bare(t)
			for _, auto := range []string{assets.Auto, ""} {
				o := Options{Settings: Settings{Want: assets.Want{Provider: auto}}}
				got, err := o.pick(t.Context(), c.prepared, t.TempDir())
				g.Expect(err).ToNot(gomega.HaveOccurred())
				g.Expect(got.provider.Name()).To(gomega.Equal("embedded"))
				g.Expect(got.reason).To(gomega.Equal(c.reason))
			}
			o := Options{Settings: Settings{Want: assets.Want{Provider: assets.Kind}}}
			_, err := o.pick(t.Context(), c.prepared, t.TempDir())
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(c.remedy)), "who asks for kind gets no other")
		})
	}
}

func TestWhatIsSweptWithoutAnEngine(t *testing.T) {
	g := gomega.NewWithT(t)
	cache := bare(t)
	dead := filepath.Join(cache, "clusters", "embedded", "seatrial-keep-embedded-dead")
	g.Expect(os.MkdirAll(dead, 0o700)).To(gomega.Succeed())
	g.Expect(Sweep(t.Context(), Options{})).To(gomega.ConsistOf("seatrial-keep-embedded-dead"))
	g.Expect(dead).ToNot(gomega.BeADirectory())
}
