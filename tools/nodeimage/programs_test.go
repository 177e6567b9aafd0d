package main

import (
	"path"
	"strings"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/assets"
)

// What is compiled is made again when its source changes: every package of ours that a
// program is made from must be among those whose hash is its name. And it is not made
// again for the sake of another program: nothing else is among them.
func TestAPartIsHashedFromWhatItIsCompiledFrom(t *testing.T) {
	root, err := assets.Root()
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	b := &builder{root: root, kubernetes: "v1.37.2", tell: silent()}
	helm, err := b.helmTarget()
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	for _, wanted := range []target{b.embeddedTarget(), b.nodeTarget(), helm, guestbookTarget()} {
		t.Run(wanted.name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			used := map[string]bool{}
			for _, folder := range compiledFrom(t, b, wanted) {
				covering := ""
				for _, source := range wanted.sources {
					if folder == source || strings.HasPrefix(folder, source+"/") {
						covering = source
					}
				}
				g.Expect(covering).ToNot(gomega.BeEmpty(), "%s is not hashed", folder)
				used[covering] = true
			}
			for _, source := range wanted.sources {
				if !strings.HasPrefix(path.Base(source), "go.") {
					g.Expect(used).To(gomega.HaveKey(source), "nothing is compiled from it")
				}
			}
		})
	}
}

// compiledFrom lists the folders of our source tree that a part is compiled from.
func compiledFrom(t *testing.T, b *builder, wanted target) []string {
	t.Helper()
	g := gomega.NewWithT(t)
	var folders []string
	for _, build := range b.builds(wanted) {
		packages, err := build.Packages(t.Context())
		g.Expect(err).ToNot(gomega.HaveOccurred())
		for _, name := range packages {
			if folder, ours := strings.CutPrefix(name, "seatrial/"); ours {
				folders = append(folders, folder)
			}
		}
	}
	return folders
}
