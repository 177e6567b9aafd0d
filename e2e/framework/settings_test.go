package framework

import (
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
)

func TestAWordThatMeansNothingIsRefusedWithThoseThatDo(t *testing.T) {
	cases := map[string]struct{ name, value, want string }{
		"a provider that is none":    {"SEATRIAL_PROVIDER", "minikube", "auto, kind, embedded, existing"},
		"a cluster that is not kept": {"SEATRIAL_CLUSTER", "yes", "keep"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			t.Setenv(c.name, c.value)
			_, err := FromEnvironment()
			g.Expect(err).To(gomega.MatchError(gomega.And(
				gomega.ContainSubstring(c.name), gomega.ContainSubstring(c.value), gomega.ContainSubstring(c.want))))
		})
	}
}

func TestChoicesComeFromTheEnvironment(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	t.Setenv("SEATRIAL_PROVIDER", "")
	t.Setenv("SEATRIAL_CLUSTER", "keep")
	t.Setenv("SEATRIAL_ARTIFACTS", dir)
	t.Setenv("SEATRIAL_KUBECONFIG", "/k")
	t.Setenv("SEATRIAL_CONTEXT", "c")
	t.Setenv("SEATRIAL_ALLOW_CONTEXT", "a")

	settings, err := FromEnvironment()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(settings.Provider).To(gomega.Equal("auto"))
	g.Expect(settings.Keep).To(gomega.Equal(true))
	g.Expect(settings).To(gomega.HaveField("Kubeconfig", "/k"))
	g.Expect(settings).To(gomega.HaveField("Context", "c"))
	g.Expect(settings).To(gomega.HaveField("AllowContext", "a"))
	g.Expect(settings.ArtifactsOf("workshop")).To(gomega.Equal(filepath.Join(dir, "workshop")))
}

func TestAHandleSurvivesTheWayToAnotherProcess(t *testing.T) {
	g := gomega.NewWithT(t)
	sent := Handle{Provider: "kind", Cluster: "seatrial-x", Kubeconfig: "k", Artifacts: "a"}
	sent.Features.PodNetwork = true
	sent.Assets.Images = []string{"one.tar"}

	data, err := sent.Encode()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(Decode(data)).To(gomega.Equal(sent))

	_, err = Decode([]byte("{"))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("another process")))
}
