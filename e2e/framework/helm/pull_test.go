package helm

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	ggcr "github.com/google/go-containerregistry/pkg/registry"
	"github.com/onsi/gomega"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/registry"
	"helm.sh/helm/v3/pkg/repo"
)

// packages makes packages of a chart in some versions, and returns their folder.
func packages(t *testing.T, versions ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, version := range versions {
		chart, err := loader.Load(filepath.Join("testdata", "keeping"))
		if err != nil {
			t.Fatal(err)
		}
		chart.Metadata.Version = version
		if _, err := chartutil.Save(chart, dir); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// chartRepository serves a folder of packages with their index.
func chartRepository(t *testing.T, dir string) string {
	t.Helper()
	index, err := repo.IndexDirectory(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := index.WriteFile(filepath.Join(dir, "index.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	return server.URL
}

// chartRegistry is a registry with a chart in some versions, and returns its reference.
func chartRegistry(t *testing.T, versions ...string) string {
	t.Helper()
	server := httptest.NewServer(ggcr.New(ggcr.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "http://")
	client, err := registryClient(t.Context(), strings.Split(host, ":")[0])
	if err != nil {
		t.Fatal(err)
	}
	dir := packages(t, versions...)
	for _, version := range versions {
		content, err := os.ReadFile(filepath.Join(dir, "keeping-"+version+".tgz"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Push(content, host+"/charts/keeping:"+version, registry.PushOptStrictMode(true)); err != nil {
			t.Fatal(err)
		}
	}
	return "oci://" + host + "/charts/keeping"
}

func versionAt(t *testing.T, path string) string {
	t.Helper()
	chart, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return chart.Version()
}

func TestAChartIsPulledFromARepositoryInTheVersionWanted(t *testing.T) {
	t.Parallel()
	repository := chartRepository(t, packages(t, "0.1.0", "0.1.7", "0.2.0", "0.3.0-rc.1"))
	for wanted, version := range map[string]string{"": "0.2.0", "0.1.0": "0.1.0", "~0.1": "0.1.7", "0.3.0-rc.1": "0.3.0-rc.1"} {
		t.Run(wanted, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			dir := t.TempDir()
			at, err := PullRepository(t.Context(), repository, "keeping", wanted, dir)
			g.Expect(err).NotTo(gomega.HaveOccurred())
			g.Expect(at).To(gomega.Equal(filepath.Join(dir, "keeping-"+version+".tgz")))
			g.Expect(versionAt(t, at)).To(gomega.Equal(version))
		})
	}
}

func TestAnErrorOfARepositoryTellsWhatThereIs(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	dir := packages(t, "0.1.0", "0.2.0")
	repository := chartRepository(t, dir)
	_, err := PullRepository(t.Context(), repository, "keeping", "~7", t.TempDir())
	g.Expect(err).To(gomega.MatchError(ErrChartNotFound))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`no version "~7": it has 0.2.0, 0.1.0`)))
	_, err = PullRepository(t.Context(), repository, "other", "", t.TempDir())
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("it has the charts keeping")))
	_, err = PullRepository(t.Context(), repository+"/none", "keeping", "", t.TempDir())
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("/none/index.yaml: 404 Not Found")))
	_, err = PullURL(t.Context(), repository+"/none.tgz", t.TempDir())
	g.Expect(err).To(gomega.MatchError(ErrChartNotFound))

	g.Expect(os.WriteFile(filepath.Join(dir, "keeping-0.2.0.tgz"), []byte("another one"), 0o600)).To(gomega.Succeed())
	_, err = PullRepository(t.Context(), repository, "keeping", "0.2.0", t.TempDir())
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("is not the package that the index describes: its SHA-256 is")))
}

func TestAChartIsPulledFromAnAddress(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	repository := chartRepository(t, packages(t, "0.1.0"))
	at, err := PullURL(t.Context(), repository+"/keeping-0.1.0.tgz", t.TempDir())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(versionAt(t, at)).To(gomega.Equal("0.1.0"))
}

func TestAChartIsPulledFromARegistryInTheVersionWanted(t *testing.T) {
	t.Parallel()
	reference := chartRegistry(t, "0.1.0", "0.1.7", "0.2.0")
	for name, test := range map[string]struct{ reference, version, want string }{
		"the newest": {reference, "", "0.2.0"},
		"a tag":      {reference + ":0.1.0", "", "0.1.0"},
		"a version":  {reference, "0.1.0", "0.1.0"},
		"a range":    {reference, "~0.1", "0.1.7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			at, err := PullOCI(t.Context(), test.reference, test.version, t.TempDir())
			g.Expect(err).NotTo(gomega.HaveOccurred())
			g.Expect(versionAt(t, at)).To(gomega.Equal(test.want))
		})
	}
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		_, err := PullOCI(t.Context(), reference, "~7", t.TempDir())
		gomega.NewWithT(t).Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`chart not found: no version "~7": it has `)))
	})
}

func TestAPullEndsWithItsContext(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	ctx, stop := context.WithCancelCause(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		stop(errors.New("the patience of this test"))
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	_, err := PullRepository(ctx, server.URL, "keeping", "", t.TempDir())
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("the patience of this test")))
	_, err = PullOCI(ctx, "oci://"+strings.TrimPrefix(server.URL, "http://")+"/charts/keeping", "", t.TempDir())
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("the patience of this test")))
}

func TestMissingDependenciesAreBroughtToACopy(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	repository := chartRepository(t, packages(t, "0.1.0", "0.2.0"))
	reference := chartRegistry(t, "0.1.7")
	parent := filepath.Join(t.TempDir(), "parent")
	write := func(name, content string) {
		at := filepath.Join(parent, name)
		g.Expect(os.MkdirAll(filepath.Dir(at), 0o750)).To(gomega.Succeed())
		g.Expect(os.WriteFile(at, []byte(content), 0o600)).To(gomega.Succeed())
	}
	dependency := func(alias, version, at string) string {
		return "- {name: keeping, alias: " + alias + ", version: \"" + version + "\", repository: \"" + at + "\"}\n"
	}
	sibling, err := filepath.Abs(filepath.Join("testdata", "keeping"))
	g.Expect(err).NotTo(gomega.HaveOccurred())
	for name, test := range map[string]struct{ at, version string }{
		"folder":     {"file://" + sibling, "0.1.0"},
		"repository": {repository, "0.2.0"},
		"registry":   {strings.TrimSuffix(reference, "/keeping"), "0.1.7"},
	} {
		write("Chart.yaml", "apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n"+dependency("child", "~0", test.at))
		at, err := Complete(t.Context(), parent, t.TempDir())
		g.Expect(err).NotTo(gomega.HaveOccurred(), name)
		chart, err := Load(at)
		g.Expect(err).NotTo(gomega.HaveOccurred(), name)
		g.Expect(chart.Dependencies()).To(gomega.HaveExactElements(gomega.HaveField("Alias", "child")))
		fresh, err := chart.fresh()
		g.Expect(err).NotTo(gomega.HaveOccurred())
		g.Expect(fresh.Dependencies()).To(gomega.HaveExactElements(gomega.HaveField("Metadata.Version", test.version)), name)
		g.Expect(filepath.Join(parent, "charts")).NotTo(gomega.BeADirectory(), name)
	}

	write("Chart.yaml", "apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n"+dependency("child", "~0", repository))
	write("Chart.lock", "dependencies:\n- {name: keeping, version: 0.1.0, repository: \""+repository+"\"}\n")
	at, err := Complete(t.Context(), parent, t.TempDir())
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(filepath.Join(at, "charts", "keeping-0.1.0.tgz")).To(gomega.BeAnExistingFile(), "the version of Chart.lock")

	for at, want := range map[string]string{
		"@mine":                           "run `helm dependency build`",
		"":                                "no repository in Chart.yaml",
		"file://../none":                  "no such file or directory",
		"file://.":                        "more than 16 deep",
		"file://" + sibling + "/../plain": `has chart "plain"`,
	} {
		write("Chart.yaml", "apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n"+dependency("child", "~0", at))
		_, err := Complete(t.Context(), parent, t.TempDir())
		g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(want)), at)
	}
	g.Expect(Complete(t.Context(), filepath.Join("testdata", "plain"), t.TempDir())).To(gomega.Equal(filepath.Join("testdata", "plain")))
}
