package chartsource

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/onsi/gomega"
	"pgregory.net/rapid"
)

func TestParseReadsEachKindOfSource(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	odd := filepath.Join(dir, "chart@home")
	writeChart(t, odd, "0.1.0", "")
	for text, want := range map[string]Source{
		"charts/guestbook":             {Kind: Folder, Path: "charts/guestbook"},
		odd:                            {Kind: Folder, Path: odd},
		odd + "@v1":                    {Kind: Git, Path: odd, Revision: "v1"},
		"guestbook-0.2.0.tgz":          {Kind: Package, Path: "guestbook-0.2.0.tgz"},
		"charts/guestbook@v1.2":        {Kind: Git, Path: "charts/guestbook", Revision: "v1.2"},
		"charts/guestbook@feature/new": {Kind: Git, Path: "charts/guestbook", Revision: "feature/new"},
		"charts/guestbook@HEAD@{1}":    {Kind: Git, Path: "charts/guestbook", Revision: "HEAD@{1}"},
		"git:HEAD~1":                   {Kind: Git, Path: "own", Revision: "HEAD~1"},
		"https://charts.example.org/stable#guestbook":      {Kind: Repository, Address: "https://charts.example.org/stable", Name: "guestbook"},
		"https://charts.example.org/stable#guestbook@~0.2": {Kind: Repository, Address: "https://charts.example.org/stable", Name: "guestbook", Version: "~0.2"},
		"https://example.org/guestbook-0.2.0.tgz":          {Kind: URL, Address: "https://example.org/guestbook-0.2.0.tgz"},
		"oci://example.org/charts/guestbook":               {Kind: Registry, Address: "oci://example.org/charts/guestbook"},
		"oci://example.org/charts/guestbook:0.2.0":         {Kind: Registry, Address: "oci://example.org/charts/guestbook:0.2.0"},
		"oci://example.org/charts/guestbook@~0.2":          {Kind: Registry, Address: "oci://example.org/charts/guestbook", Version: "~0.2"},
		"oci://example.org/guestbook@sha256:abc":           {Kind: Registry, Address: "oci://example.org/guestbook@sha256:abc"},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			g.Expect(Parse(text, "own")).To(gomega.Equal(want))
			if !strings.HasPrefix(text, "git:") {
				g.Expect(want.String()).To(gomega.Equal(text))
			}
		})
	}
}

func TestParseTellsWhatIsWrongAndHowSourcesAreWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                           "it is empty",
		"git:v1":                     "there is no chart folder that it could be a revision of",
		"charts/guestbook@":          "a folder and a revision are needed",
		"https://charts.example.org": "neither a package",
		"https://example.org#@1":     "the name of the chart is missing",
		"oci://example.org":          "the path of the chart in the registry is missing",
		"oci://example.org/":         "the path of the chart in the registry is missing",
		"oci:///guestbook":           "the name of the registry is missing",
		"oci://example.org/web@":     "the version is missing after @",
		"oci://example.org/web@1@2":  "one version is possible, and there are two @",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(text, "")
			gomega.NewWithT(t).Expect(err).To(gomega.MatchError(gomega.And(
				gomega.HavePrefix("reading chart source %q: %s", text, want), gomega.ContainSubstring("charts/guestbook@v1.2"),
			)))
		})
	}
}

func TestWhatParseReadsItReadsAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`(https?://|oci://|git:|)[a-z./#@:~-]{0,20}`).Draw(t, "text")
		source, err := Parse(text, "own")
		if err != nil {
			return
		}
		again, err := Parse(source.String(), "own")
		if err != nil || again != source {
			t.Fatalf("%q is %+v, which is written %q, which is %+v, %v", text, source, source, again, err)
		}
	})
}

func TestAFolderThatIsThereStaysWhereItIs(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	folder := filepath.Join(t.TempDir(), "guestbook")
	writeChart(t, folder, "0.1.0", "")
	g.Expect(Fetch(t.Context(), Source{Kind: Folder, Path: folder}, t.TempDir())).To(gomega.Equal(folder))
	g.Expect(refused(t, filepath.Join(folder, "none"))).To(gomega.MatchError(gomega.ContainSubstring("no such file or directory")))
	g.Expect(refused(t, filepath.Join(folder, "templates"))).To(gomega.MatchError(gomega.ContainSubstring("no Chart.yaml in it")))
}

func TestChartsOfARepositoryAndAnAddressAreFetched(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/index.yaml":
			_, _ = w.Write([]byte("apiVersion: v1\nentries:\n  guestbook:\n  - {apiVersion: v2, name: guestbook, version: 0.1.0, urls: [guestbook-0.1.0.tgz]}\n"))
		case "/guestbook-0.1.0.tgz":
			_, _ = w.Write(packed(t))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	g.Expect(fetched(t, server.URL+"#guestbook@~0", "").Version()).To(gomega.Equal("0.1.0"))
	g.Expect(fetched(t, server.URL+"/guestbook-0.1.0.tgz", "").Version()).To(gomega.Equal("0.1.0"))
	g.Expect(refused(t, server.URL+"#guestbook@~7")).To(gomega.MatchError(gomega.ContainSubstring("it has 0.1.0")))
}

func TestAChartOfARegistryIsFetched(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	send := func(method, path, kind string, content []byte) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", kind)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode != http.StatusCreated {
			t.Fatalf("%s %s: %s", method, path, response.Status)
		}
	}
	blob := func(kind string, content []byte) string {
		t.Helper()
		digest := fmt.Sprintf("sha256:%x", sha256.Sum256(content))
		send(http.MethodPost, "/v2/charts/guestbook/blobs/uploads/?digest="+digest, "application/octet-stream", content)
		return fmt.Sprintf(`{"mediaType": %q, "digest": %q, "size": %d}`, kind, digest, len(content))
	}
	config := blob("application/vnd.cncf.helm.config.v1+json", []byte(`{"apiVersion": "v2", "name": "guestbook", "version": "0.1.0"}`))
	layer := blob("application/vnd.cncf.helm.chart.content.v1.tar+gzip", packed(t))
	const manifest = "application/vnd.oci.image.manifest.v1+json"
	send(http.MethodPut, "/v2/charts/guestbook/manifests/0.1.0", manifest,
		fmt.Appendf(nil, `{"schemaVersion": 2, "mediaType": %q, "config": %s, "layers": [%s]}`, manifest, config, layer))

	reference := strings.Replace(server.URL, "http://", "oci://", 1) + "/charts/guestbook"
	g := gomega.NewWithT(t)
	g.Expect(fetched(t, reference, "").Version()).To(gomega.Equal("0.1.0"))
	g.Expect(fetched(t, reference+":0.1.0", "").Version()).To(gomega.Equal("0.1.0"))
	g.Expect(fetched(t, reference+"@^0.1", "").Version()).To(gomega.Equal("0.1.0"))
}

// packed is a chart as a package.
func packed(t *testing.T) []byte {
	t.Helper()
	const content = "apiVersion: v2\nname: guestbook\nversion: 0.1.0\n"
	var buffer bytes.Buffer
	compressed := gzip.NewWriter(&buffer)
	archive := tar.NewWriter(compressed)
	if err := archive.WriteHeader(&tar.Header{Name: "guestbook/Chart.yaml", Mode: 0o644, Size: int64(len(content))}); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := compressed.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}
