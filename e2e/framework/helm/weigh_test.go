package helm

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
)

// packed is a packaged chart with these files.
func packed(tb testing.TB, files map[string][]byte) []byte {
	tb.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	writer := tar.NewWriter(zipped)
	for name, content := range files {
		header := &tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content))}
		if err := writer.WriteHeader(header); err != nil {
			tb.Fatal(err)
		}
		if _, err := writer.Write(content); err != nil {
			tb.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		tb.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func metadata(name string) []byte {
	return fmt.Appendf(nil, "apiVersion: v2\nname: %s\nversion: 1.0.0\n", name)
}

// inFolder writes a chart's folder.
func inFolder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	top := filepath.Join(t.TempDir(), "web")
	for name, content := range files {
		path := filepath.Join(top, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return top
}

func TestPackagesWithinPackagesCountTogether(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	const part = 4 << 20
	files := map[string][]byte{"web/Chart.yaml": metadata("web")}
	bomb := packed(t, map[string][]byte{
		"sub/Chart.yaml": metadata("sub"), "sub/a": make([]byte, part), "sub/b": make([]byte, part), "sub/c": make([]byte, part),
	})
	for i := range 20 {
		files[fmt.Sprintf("web/charts/sub-%d.tgz", i)] = bomb
	}
	path := filepath.Join(t.TempDir(), "web.tgz")
	g.Expect(os.WriteFile(path, packed(t, files), 0o600)).To(gomega.Succeed())

	_, err := Load(path)

	g.Expect(err).To(gomega.MatchError(gomega.MatchRegexp(`^loading chart ".*": web/charts/sub-\d+\.tgz: it unpacks to more than 200 MiB$`)))
}

func TestAPackageOfVeryManyFilesIsNotRead(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	files := map[string][]byte{"web/Chart.yaml": metadata("web")}
	for i := range maxFiles {
		files[fmt.Sprintf("web/files/%d", i)] = nil
	}
	path := filepath.Join(t.TempDir(), "web.tgz")
	g.Expect(os.WriteFile(path, packed(t, files), 0o600)).To(gomega.Succeed())
	_, err := Load(path)
	g.Expect(err).To(gomega.MatchError(gomega.HaveSuffix("it has more than 20000 files")))
}

func TestLinksMayLeadAnywhereInTheRepositoryAndNowhereElse(t *testing.T) {
	t.Parallel()
	elsewhere := t.TempDir()
	for name, test := range map[string]struct {
		link, target string
		repository   bool
		want         string
	}{
		"within the chart":       {link: "templates/b.yaml", target: "a.yaml"},
		"out of the chart":       {link: "templates/b.yaml", target: "/etc/passwd", want: `the symbolic link "templates/b.yaml" leads out of`},
		"out by a folder":        {link: "templates/more", target: elsewhere, want: `the symbolic link "templates/more" leads out of`},
		"within the repository":  {link: "templates/b.yaml", target: "../../shared/b.yaml", repository: true},
		"out of the repository":  {link: "templates/b.yaml", target: "/etc/passwd", repository: true, want: `the symbolic link "templates/b.yaml" leads out of`},
		"in a circle":            {link: "templates/loop", target: "..", want: "leads to a folder that it is in itself"},
		"in a circle, by itself": {link: "templates/loop", target: ".", want: "leads to a folder that it is in itself"},
		"on by another folder":   {link: "templates/more", target: "../../shared", repository: true, want: "which leads on to the folder"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			top := inFolder(t, map[string][]byte{
				"Chart.yaml": metadata("web"), "templates/a.yaml": []byte("{}"), "../shared/b.yaml": []byte("{}"), "../other/c.yaml": []byte("{}"),
			})
			if test.repository {
				g.Expect(os.Mkdir(filepath.Join(top, "..", ".git"), 0o700)).To(gomega.Succeed())
				g.Expect(os.Symlink("../other", filepath.Join(top, "..", "shared", "on"))).To(gomega.Succeed())
			}
			g.Expect(os.Symlink(test.target, filepath.Join(top, test.link))).To(gomega.Succeed())
			_, err := Load(top)
			if test.want == "" {
				g.Expect(err).ToNot(gomega.HaveOccurred())
				return
			}
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(test.want)))
		})
	}
}

func TestWhatIsNoArchiveIsToldInHelmsWords(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	path := filepath.Join(t.TempDir(), "web.tgz")
	g.Expect(os.WriteFile(path, []byte("no archive"), 0o600)).To(gomega.Succeed())
	_, err := Load(path)
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("does not appear to be a gzipped archive")))
}
