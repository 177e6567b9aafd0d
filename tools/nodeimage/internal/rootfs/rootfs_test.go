package rootfs

import (
	"archive/tar"
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"
)

// debian has the links that a Debian system of today has: /lib and /bin are in /usr.
func debian(t *testing.T) *Tree {
	t.Helper()
	return plant(t,
		folder("./"), folder("./usr/"), folder("./usr/bin/"), folder("./usr/lib/"), folder("./etc/"), folder("./etc/alternatives/"),
		link("./bin", "usr/bin"), link("./lib", "usr/lib"),
		file("./usr/lib/libc.so.6", "the C library"),
		file("./usr/bin/dash", "a shell"), link("./usr/bin/sh", "dash"),
		link("./usr/bin/awk", "/etc/alternatives/awk"), link("./etc/alternatives/awk", "/bin/mawk"), file("./usr/bin/mawk", "awk"),
		link("./usr/lib/up", "../../etc/./alternatives/../shells"), file("./etc/shells", "/bin/sh"),
		hard("./usr/bin/perl5", "./usr/bin/perl"), file("./usr/bin/perl", "perl"), hard("./usr/bin/perl5.36", "./usr/bin/perl5"),
		link("./usr/bin/p", "perl5.36"),
		link("./loop", "loop"), link("./ping", "pong"), link("./pong", "/ping"),
		link("./dangling", "nowhere"), link("./top", "/"), hard("./self", "./self"), hard("./astray", "./nowhere"), hard("./odd", "./usr"),
	)
}

func TestLookingUpFollowsLinksAsTheKernelDoes(t *testing.T) {
	tree := debian(t)
	for _, test := range []struct{ name, at string }{
		{"/usr/bin/dash", "/usr/bin/dash"},
		{"usr/bin/dash", "/usr/bin/dash"},
		{"/bin/dash", "/usr/bin/dash"}, // A folder link on the way.
		{"/bin/sh", "/usr/bin/dash"},   // And a relative link at the end.
		{"/bin/awk", "/usr/bin/mawk"},  // Two absolute links, the second through a folder link.
		{"/lib/libc.so.6", "/usr/lib/libc.so.6"},
		{"/lib/up", "/etc/shells"}, // Relative to where the link is, not to where it was found.
		{"/top/bin/sh", "/usr/bin/dash"},
		{"/top", "/"},
		{"/", "/"},
		{"/usr/./bin/../lib", "/usr/lib"},
		{"/bin", "/usr/bin"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			g.Expect(tree.Resolve(test.name)).To(gomega.Equal(test.at))
		})
	}
}

func TestLookingUpSaysWhatIsNotThere(t *testing.T) {
	tree := debian(t)
	for _, test := range []struct{ name, says string }{
		{"/usr/bin/zsh", `looking up "/usr/bin/zsh": file does not exist`},
		{"/dangling", `looking up "/dangling": file does not exist`},
		{"/usr/bin/dash/below", "file does not exist"},
		{"/loop", `looking up "/loop": too many links`},
		{"/ping", "too many links"},
		{"/loop/below", "too many links"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			_, err := tree.Resolve(test.name)
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(test.says)))
			_, err = tree.Read(test.name)
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(test.says)))
		})
	}
}

func TestReadingGivesContentThroughLinksOfBothKinds(t *testing.T) {
	tree := debian(t)
	for name, content := range map[string]string{
		"/bin/sh": "a shell", "/usr/bin/perl": "perl", "/usr/bin/perl5": "perl", "/bin/perl5.36": "perl", "/bin/p": "perl", "/lib/up": "/bin/sh",
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			g.Expect(tree.Read(name)).To(gomega.BeEquivalentTo(content))
		})
	}
}

func TestReadingWhatIsNoFileIsRefused(t *testing.T) {
	tree := debian(t)
	for name, says := range map[string]string{
		"/usr": `reading "/usr": "/usr" is no file`, "/odd": `"/usr" is no file`,
		"/self": "too many hard links", "/astray": `hard link to "/nowhere": file does not exist`,
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			_, err := tree.Read(name)
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(says)))
		})
	}
}

func TestMatchListsPathsSorted(t *testing.T) {
	g := gomega.NewWithT(t)
	g.Expect(debian(t).Match("/usr/bin/perl*")).To(gomega.Equal([]string{"/usr/bin/perl", "/usr/bin/perl5", "/usr/bin/perl5.36"}))
	g.Expect(debian(t).Match("/usr/[")).To(gomega.BeEmpty())
}

func TestAChainOfLinksIsFollowedUpToTheKernelsLimit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := gomega.NewWithT(t)
		length := rapid.OneOf(rapid.IntRange(1, 2*maxLinks), rapid.SampledFrom([]int{maxLinks, maxLinks + 1})).Draw(rt, "length")
		headers := []tar.Header{file("goal", "reached")}
		target := "goal"
		for i := range length {
			name := fmt.Sprint("d", i, "/link")
			headers = append(headers, link(name, rapid.SampledFrom([]string{"/" + target, "../" + target}).Draw(rt, "target")))
			target = name
		}

		content, err := plant(t, headers...).Read(target)

		if length > maxLinks {
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("too many links")))
			return
		}
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(content).To(gomega.BeEquivalentTo("reached"))
	})
}

func TestAFileThatIsNoTarOrNotThereIsNamed(t *testing.T) {
	g := gomega.NewWithT(t)
	missing := path.Join(t.TempDir(), "root.tar")
	_, err := Open(missing)
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("opening a root file system: open " + missing)))

	garbage := write(t, []byte(strings.Repeat("no tar at all ", 100)))
	_, err = Open(garbage)
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("reading the root file system %q", garbage)))

	whole := pack(t, file("big", strings.Repeat("x", 4000)))
	_, err = Open(write(t, whole[:2000]))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("unexpected EOF")))
}

// Whatever the archive, looking things up in it ends, and what is found is there.
func FuzzOpenAndLookUp(f *testing.F) {
	f.Add(pack(f, folder("a/"), link("a/b", "../a"), file("a/c", "content")), "/a/b/c")
	f.Add(pack(f, hard("x", "y"), hard("y", "x")), "x")
	f.Add(pack(f, link("x", "y/z"), link("y", ".")), "/x/x/../x")
	f.Add([]byte{}, "/")
	f.Fuzz(func(t *testing.T, content []byte, name string) {
		tree, err := Open(write(t, content))
		if err != nil {
			return
		}
		defer func() { _ = tree.Close() }()
		found, err := tree.Resolve(name)
		if err != nil {
			return
		}
		if again, err := tree.Resolve(found); err != nil || again != found {
			t.Errorf("%q is at %q, which is at %q, %v", name, found, again, err)
		}
		if got, err := tree.Read(name); err == nil && len(got) > len(content) {
			t.Errorf("%d bytes were read out of %d", len(got), len(content))
		}
	})
}
