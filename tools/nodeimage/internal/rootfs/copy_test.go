package rootfs

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"
)

// listing reads a tar file: its entries by name in their order, with content or target.
func listing(tb testing.TB, name string) (names []string, what map[string]string) {
	tb.Helper()
	g := gomega.NewWithT(tb)
	in, err := os.Open(name)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	defer func() { _ = in.Close() }()
	what = map[string]string{}
	for reader := tar.NewReader(in); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return names, what
		}
		g.Expect(err).ToNot(gomega.HaveOccurred())
		content, err := io.ReadAll(reader)
		g.Expect(err).ToNot(gomega.HaveOccurred())
		names = append(names, header.Name)
		what[header.Name] = header.Linkname + string(content)
	}
}

func TestACopyLeavesOutWhatMatchesAndAllBelow(t *testing.T) {
	g := gomega.NewWithT(t)
	tree := plant(t,
		folder("./"), folder("./usr/"), folder("./usr/share/"), folder("./usr/share/doc/"), folder("./usr/share/doc/bash/"),
		file("./usr/share/doc/bash/README", "read me"), file("./usr/share/docs", "kept"),
		folder("./var/"), folder("./var/cache/"), folder("./var/cache/apt/"), file("./var/cache/apt/pkg.bin", "a cache"),
		hard("./usr/bin/perl5", "./usr/perl"), folder("./usr/bin/"), file("./usr/perl", "perl"),
		link("./bin", "usr/bin"), file("./etc/hostname", "build"), file("./etc/hostname.d", "kept"),
	)
	to := filepath.Join(t.TempDir(), "copy.tar")

	g.Expect(tree.Copy(to, "/usr/share/doc/*", "/var/cache/*/*", "/etc/hostname", "/no/such/*")).To(gomega.Succeed())

	names, what := listing(t, to)
	g.Expect(names).To(gomega.Equal([]string{
		"bin", "etc/hostname.d", "usr/", "usr/bin/", "usr/perl", "usr/share/", "usr/share/doc/", "usr/share/docs",
		"var/", "var/cache/", "var/cache/apt/", "usr/bin/perl5",
	}), "sorted, hard links last, without the root itself")
	g.Expect(what).To(gomega.And(
		gomega.HaveKeyWithValue("usr/perl", "perl"), gomega.HaveKeyWithValue("usr/bin/perl5", "./usr/perl"),
		gomega.HaveKeyWithValue("bin", "usr/bin"), gomega.HaveKeyWithValue("etc/hostname.d", "kept")))

	again, err := Open(to)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	defer func() { _ = again.Close() }()
	g.Expect(again.Read("/bin/perl5")).To(gomega.BeEquivalentTo("perl"))
}

func TestACopyRefusesALinkToWhatIsLeftOut(t *testing.T) {
	g := gomega.NewWithT(t)
	tree := plant(t, folder("doc/"), file("doc/copyright", "text"), hard("licence", "./doc/copyright"))
	err := tree.Copy(filepath.Join(t.TempDir(), "copy.tar"), "/doc/*")
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`writing "/licence": it is a hard link to "/doc/copyright", which is left out`)))
}

func TestACopyThatCannotBeWrittenSaysWhere(t *testing.T) {
	g := gomega.NewWithT(t)
	to := filepath.Join(t.TempDir(), "missing", "copy.tar")
	g.Expect(plant(t).Copy(to)).To(gomega.MatchError(gomega.ContainSubstring("copying a root file system: open " + to)))
}

func TestACopyWithoutPatternsHasEverything(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := gomega.NewWithT(t)
		files := rapid.MapOfN(rapid.StringMatching(`([a-c]{1,2}/){0,3}[a-c]{1,2}x`), rapid.StringN(0, 1500, -1), 0, 12).Draw(rt, "files")
		var headers []tar.Header
		for name, content := range files {
			headers = append(headers, file("./"+name, content))
		}
		without := rapid.SampledFrom([]string{"", "/a*", "/*/b*", "/c/*/*"}).Draw(rt, "without")
		to := filepath.Join(t.TempDir(), "copy.tar")

		g.Expect(plant(t, headers...).Copy(to, without)).To(gomega.Succeed())

		names, what := listing(t, to)
		for name, content := range files {
			gone := slices.ContainsFunc(prefixes("/"+name), func(prefix string) bool {
				ok, err := path.Match(without, prefix)
				return ok && err == nil
			})
			if gone {
				g.Expect(names).ToNot(gomega.ContainElement(name))
			} else {
				g.Expect(what).To(gomega.HaveKeyWithValue(name, content))
			}
		}
	})
}

// prefixes are the path and all folders above it.
func prefixes(name string) []string {
	var all []string
	for parts := strings.Split(name, "/"); len(parts) > 1; parts = parts[:len(parts)-1] {
		all = append(all, strings.Join(parts, "/"))
	}
	return all
}
