package helm

import (
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"github.com/onsi/gomega"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
)

func TestLoadReadsFolderAndArchive(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("testdata", "plain")
	for name, path := range map[string]string{"folder": folder, "archive": archive(t, folder)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			chart, err := Load(path)
			g.Expect(err).NotTo(gomega.HaveOccurred())
			g.Expect(chart.Name()).To(gomega.Equal("plain"))
			g.Expect(chart.Version()).To(gomega.Equal("1.2.3"))
			g.Expect(chart.AppVersion()).To(gomega.Equal("4.5"))
			g.Expect(chart.Path()).To(gomega.Equal(path))
			g.Expect(Render(chart, "story", "place", nil)).To(gomega.ContainSubstring(`message: "hello"`))
		})
	}
}

func archive(t *testing.T, folder string) string {
	t.Helper()
	chart, err := loader.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	path, err := chartutil.Save(chart, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for chart, want := range map[string]string{
		"none":      "none: no such file or directory",
		"library":   "it is a library chart, which cannot be installed",
		"orphan":    "missing in charts/ directory: parent: run helm dependency build",
		"badvalues": "cannot load values.yaml: error converting YAML to JSON: yaml: line 2",
		".":         "Chart.yaml file is missing",
	} {
		t.Run(chart, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			path := filepath.Join("testdata", chart)
			_, err := Load(path)
			g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("loading chart %q: ", path)))
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(want)))
		})
	}
}

func TestRenderLaysValuesUponTheDefaults(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	values := Values{"message": "ahoy", "nested": Values{"change": "after"}}
	manifest, err := Render(load(t, "plain"), "story", "place", values)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(manifest).To(gomega.And(
		gomega.ContainSubstring("# Source: plain/templates/configmap.yaml"),
		gomega.ContainSubstring("name: story"),
		gomega.ContainSubstring("namespace: place"),
		gomega.ContainSubstring(`message: "ahoy"`),
		gomega.ContainSubstring(`port: "3000"`),
		gomega.ContainSubstring(`nested: "after"`),
		gomega.Not(gomega.ContainSubstring("says")),
	))
	g.Expect(values).To(gomega.Equal(Values{"message": "ahoy", "nested": Values{"change": "after"}}))
}

func TestRenderTellsWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		chart   string
		release string
		values  Values
		want    string
	}{
		"a template that fails":            {"badtemplate", "story", nil, "badtemplate/templates/configmap.yaml:4:"},
		"a template that is not YAML":      {"badyaml", "story", nil, "YAML parse error on badyaml/templates/configmap.yaml: error converting YAML to JSON: yaml: line 5"},
		"a value of the wrong type":        {"plain", "story", Values{"port": "high"}, "at '/port': got string, want integer"},
		"a value out of bounds":            {"plain", "story", Values{"port": 70000}, "at '/port': maximum: got 70,000, want 65,535"},
		"a release name that is too long":  {"plain", "this-is-a-name-that-is-longer-than-the-fifty-three-bytes", nil, "release name"},
		"a release name that is not a DNS": {"plain", "Story!", nil, "release name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			_, err := Render(load(t, test.chart), test.release, "place", test.values)
			g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("rendering chart %q as release %q: ", filepath.Join("testdata", test.chart), test.release)))
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(test.want)))
		})
	}
}

func TestRenderShowsTheKubernetesVersionOfTheLibraries(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	module, err := os.ReadFile(filepath.Join("..", "..", "..", "go.mod"))
	g.Expect(err).NotTo(gomega.HaveOccurred())
	minor := regexp.MustCompile(`(?m)^\tk8s\.io/client-go v0\.(\d+)\.`).FindSubmatch(module)
	g.Expect(minor).To(gomega.HaveLen(2))
	g.Expect(renderKubeVersion).To(gomega.Equal("v1." + string(minor[1]) + ".0"))
}

func TestOneChartIsUsedSideBySide(t *testing.T) {
	t.Parallel()
	chart := load(t, "plain")
	values := Values{"nested": Values{"change": "shared"}}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := Render(chart, "story", "place", values); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func load(t *testing.T, name string) *Chart {
	t.Helper()
	chart, err := Load(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return chart
}
