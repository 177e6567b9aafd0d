package helm

import (
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
)

func TestAChartTellsWhatItNeedsAndBrings(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	chart := load(t, "random")
	g.Expect(chart.KubeVersion()).To(gomega.Equal(">=1.30.0-0 <1.99.0-0"))
	g.Expect(chart.Supports("v1.37.0")).To(gomega.Succeed())
	g.Expect(chart.Supports("v1.29.3")).To(gomega.MatchError(gomega.ContainSubstring("is for Kubernetes >=1.30.0-0 <1.99.0-0 (kubeVersion in its Chart.yaml), not for v1.29.3")))
	g.Expect(load(t, "keeping").Supports("v1.2.3")).To(gomega.Succeed())
	g.Expect(chart.CIValues()).To(gomega.Equal([]string{filepath.Join("testdata", "random", "ci", "default-values.yaml")}))
	g.Expect(load(t, "plain").CIValues()).To(gomega.BeEmpty())
	g.Expect(chart.Definitions()).To(gomega.HaveExactElements(gomega.HaveField("GetName()", "draws.seatrial.example")))
	g.Expect(load(t, "plain").Definitions()).To(gomega.BeEmpty())

	packaged, err := Load(archive(t, filepath.Join("testdata", "random")))
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(packaged.CIValues()).To(gomega.BeEmpty())
}

func TestRenderAllHasHooksWithTheirPolicies(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	rendered, err := RenderAll(load(t, "random"), "story", "place", nil)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(rendered.Hooks).To(gomega.HaveExactElements(gomega.And(
		gomega.HaveField("Kind", "Draw"),
		gomega.HaveField("Events", []string{"test"}),
		gomega.HaveField("DeletePolicies", []string{"hook-succeeded"}),
	)))
	g.Expect(rendered.Objects()).To(gomega.HaveLen(2))
}

func TestUnstableFieldsAreFoundByRenderingTwice(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	g.Expect(FindUnstable(load(t, "random"), "story", "place", nil)).To(gomega.HaveExactElements(gomega.And(
		gomega.HaveField("Kind", "ConfigMap"), gomega.HaveField("Name", "story"),
		gomega.HaveField("Pointer", "/data/password"),
		gomega.HaveField("First", gomega.HaveLen(20)), gomega.HaveField("Second", gomega.HaveLen(20)),
	)))
	g.Expect(FindUnstable(load(t, "plain"), "story", "place", nil)).To(gomega.BeEmpty())
}

func TestAfterAnInstallationOnlyWhatIsNotLookedUpIsUnstable(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values Values
		found  int
	}{
		"looked up": {Values{"lookup": true}, 0},
		"made anew": {Values{"lookup": false}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			api, client := newFakeClient(t)
			g.Expect(client.FindUnstable(t.Context(), "story", load(t, "random"), test.values)).To(gomega.HaveLen(1), "before")
			g.Expect(client.With(OperationOptions{SkipCRDs: true}).Install(t.Context(), "story", load(t, "random"), test.values)).Error().NotTo(gomega.HaveOccurred())
			stored := api.objects["/api/v1/namespaces/place/secrets/sh.helm.release.v1.story.v1"]

			g.Expect(client.FindUnstable(t.Context(), "story", load(t, "random"), test.values)).To(gomega.HaveLen(test.found))
			rendered, err := client.Render(t.Context(), "story", load(t, "random"), test.values)
			g.Expect(err).NotTo(gomega.HaveOccurred())
			g.Expect(rendered.Manifest).To(gomega.ContainSubstring(`revision: "2"`), "it is an upgrade that is rendered")
			g.Expect(api.objects["/api/v1/namespaces/place/secrets/sh.helm.release.v1.story.v1"]).To(gomega.Equal(stored), "and nothing changes")
			g.Expect(statuses(t, client)).To(gomega.Equal([]Status{StatusDeployed}))
		})
	}
}

func TestUnstableObjectsHaveNoPointer(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	at := Unstable{Kind: "Secret", Name: "a"}
	g.Expect(at.compare(nil, map[string]any{"a": 1})).To(gomega.Equal([]Unstable{{Kind: "Secret", Name: "a", Second: map[string]any{"a": 1}}}))
	g.Expect(at.compare([]any{map[string]any{"a/b": 1}}, []any{map[string]any{"a/b": 2}})).To(
		gomega.Equal([]Unstable{{Kind: "Secret", Name: "a", Pointer: "/0/a~1b", First: 1, Second: 2}}))
}

func TestALongLogKeepsItsEnd(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	end := &tail{limit: 8}
	for _, part := range []string{"one\n", "two\n", "three\n"} {
		_, err := end.Write([]byte(part))
		g.Expect(err).NotTo(gomega.HaveOccurred())
	}
	g.Expect(end.String()).To(gomega.Equal("three\n"))
}
