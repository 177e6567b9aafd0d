package image

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"
)

const example = "localhost/seatrial/example:v1"

// layerOf writes the files into a layer in a folder of the test.
func layerOf(t *testing.T, files ...File) Layer {
	t.Helper()
	layer, err := Files(filepath.Join(t.TempDir(), "layer.tar"), files...)
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return layer
}

func imageOf(t *testing.T, spec Spec) Image {
	t.Helper()
	built, err := Build(spec)
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return built
}

// entry is what a test looks at in a tar file.
type entry struct {
	name, link, content string
	kind                byte
	mode                int64
	owner               int
}

func entriesOf(t *testing.T, archive string) []entry {
	t.Helper()
	g := gomega.NewWithT(t)
	file, err := os.Open(archive)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	defer func() { _ = file.Close() }()
	var all []entry
	for reader := tar.NewReader(file); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		g.Expect(err).ToNot(gomega.HaveOccurred())
		content, err := io.ReadAll(reader)
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(header.ModTime).To(gomega.BeTemporally("==", Epoch()), header.Name)
		all = append(all, entry{header.Name, header.Linkname, string(content), header.Typeflag, header.Mode, header.Uid})
	}
}

func TestALayerHasItsFilesWithModesLinksOwnersAndParents(t *testing.T) {
	g := gomega.NewWithT(t)
	source := filepath.Join(t.TempDir(), "program")
	g.Expect(os.WriteFile(source, []byte("#!/bin/sh\n"), 0o600)).To(gomega.Succeed())
	archive := filepath.Join(t.TempDir(), "layer.tar")

	_, err := Files(archive,
		File{Path: "/usr/bin/program", Source: source, Mode: 0o755},
		File{Path: "etc/config", Data: []byte("key: value\n")},
		File{Path: "/usr/bin/alias", Link: "program"},
		File{Path: "/tmp/", Dir: true, Mode: 0o777},
		File{Path: "/var/empty"},
		File{Path: "/home/me/file", Data: []byte{}, Owner: 1000},
	)

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(entriesOf(t, archive)).To(gomega.Equal([]entry{
		{name: "etc/", kind: tar.TypeDir, mode: 0o755},
		{name: "etc/config", kind: tar.TypeReg, mode: 0o644, content: "key: value\n"},
		{name: "home/", kind: tar.TypeDir, mode: 0o755},
		{name: "home/me/", kind: tar.TypeDir, mode: 0o755},
		{name: "home/me/file", kind: tar.TypeReg, mode: 0o644, owner: 1000},
		{name: "tmp/", kind: tar.TypeDir, mode: 0o777},
		{name: "usr/", kind: tar.TypeDir, mode: 0o755},
		{name: "usr/bin/", kind: tar.TypeDir, mode: 0o755},
		{name: "usr/bin/alias", kind: tar.TypeSymlink, mode: 0o755, link: "program"},
		{name: "usr/bin/program", kind: tar.TypeReg, mode: 0o755, content: "#!/bin/sh\n"},
		{name: "var/", kind: tar.TypeDir, mode: 0o755},
		{name: "var/empty", kind: tar.TypeReg, mode: 0o644},
	}))
}

func TestALayerIsRefusedThatCannotBe(t *testing.T) {
	for _, test := range []struct {
		name  string
		files []File
		says  string
	}{
		{"a source that is not there", []File{{Path: "/bin/a", Source: "/does/not/exist"}}, `adding "/bin/a": open /does/not/exist: no such file`},
		{"one path, two contents", []File{{Path: "/a", Data: []byte("1")}, {Path: "a", Data: []byte("2")}}, `adding "/a": it is there already, and not the same`},
		{"one path, two modes", []File{{Path: "/a"}, {Path: "/a", Mode: 0o600}}, "not the same"},
		{"below a file", []File{{Path: "/a/b"}, {Path: "/a"}}, `adding "/a/b": "/a" is no folder`},
		{"below a link", []File{{Path: "/bin", Link: "usr/bin"}, {Path: "/bin/sh"}}, `"/bin" is no folder`},
		{"a folder with content", []File{{Path: "/a", Dir: true, Data: []byte("1")}}, "only one of"},
		{"a link with a source", []File{{Path: "/a", Link: "b", Source: "c"}}, "only one of"},
		{"no name", []File{{Path: "/", Dir: true}}, "needs a name"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			to := filepath.Join(t.TempDir(), "layer.tar")
			_, err := Files(to, test.files...)
			g.Expect(err).To(gomega.MatchError(gomega.And(gomega.ContainSubstring(to), gomega.ContainSubstring(test.says))))
		})
	}
}

func TestALayerThatCannotBeWrittenSaysWhere(t *testing.T) {
	g := gomega.NewWithT(t)
	_, err := Files(filepath.Join(t.TempDir(), "missing", "layer.tar"))
	g.Expect(err).To(gomega.MatchError(gomega.MatchRegexp(`writing a layer: open .*/missing/layer.tar: no such file`)))
	_, err = Archive(filepath.Join(t.TempDir(), "layer.tar"))
	g.Expect(err).To(gomega.MatchError(gomega.MatchRegexp(`reading a layer: open .*/layer.tar: no such file`)))
}

// anyFiles draws entries below one folder for each kind, so that any of them fit together.
func anyFiles(t *rapid.T) []File {
	names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,3}(/[a-z.-]{1,3}){0,2}x`), 1, 8, rapid.ID[string]).Draw(t, "names")
	var files []File
	for _, file := range names {
		drawn := File{
			Path:  path.Join("/", rapid.SampledFrom([]string{"data", "more"}).Draw(t, "top"), strings.ReplaceAll(file, "/", "/d-")),
			Owner: rapid.IntRange(0, 70000).Draw(t, "owner"),
			Mode:  os.FileMode(rapid.Uint32Range(0, 0o777).Draw(t, "mode")),
		}
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			drawn.Data = rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(t, "data")
		case 1:
			drawn.Link = rapid.StringMatching(`/?[a-z]{1,120}`).Draw(t, "link")
		default:
			drawn.Dir = true
		}
		files = append(files, drawn)
	}
	return files
}

func TestTheOrderOfFilesDoesNotMatter(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		g := gomega.NewWithT(t)
		files := anyFiles(rt)
		shuffled := rapid.Permutation(files).Draw(rt, "shuffled")
		one, other := filepath.Join(dir, "one.tar"), filepath.Join(dir, "other.tar")

		_, oneErr := Files(one, files...)
		_, otherErr := Files(other, append(shuffled, shuffled...)...)

		if oneErr != nil { // A file where another needs a folder.
			g.Expect(otherErr).To(gomega.HaveOccurred())
			return
		}
		g.Expect(otherErr).ToNot(gomega.HaveOccurred())
		g.Expect(contentOf(t, one)).To(gomega.Equal(contentOf(t, other)))
		folders := map[string]bool{"./": true}
		for _, found := range entriesOf(t, one) {
			parent := path.Dir(strings.TrimSuffix(found.name, "/")) + "/"
			g.Expect(folders).To(gomega.HaveKey(parent), "%q comes before its folder", found.name)
			folders[found.name] = true
		}
	})
}

func contentOf(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return string(content)
}
