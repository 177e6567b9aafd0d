package story

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/objects"
)

// Helm and kubectl write down which kinds a cluster has, by its address. Of a cluster that
// lives for a minute that is only litter, and wrong for the next one at that address.
func TestWhatCommandsLearnOfAClusterGoesWithTheWorld(t *testing.T) {
	g := gomega.NewWithT(t)
	bin := t.TempDir()
	script := "#!/bin/sh\ntouch \"$KUBECACHEDIR/$(basename \"$0\")\"\n"
	for _, name := range []string{"helm", "kubectl"} {
		//nolint:gosec // It is there to be run.
		g.Expect(os.WriteFile(filepath.Join(bin, name), []byte(script), 0o700)).To(gomega.Succeed())
	}
	home := filepath.Join(t.TempDir(), "story")
	g.Expect(os.Mkdir(home, 0o700)).To(gomega.Succeed())
	world := &World{Tools: assets.Assets{Bin: bin}, home: home, objects: objects.New(nil, nil)}

	_, err := world.Helm(t.Context(), "list")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	_, err = world.Kubectl(t.Context(), "get", "all")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(filepath.Join(home, "helm")).To(gomega.BeARegularFile())
	g.Expect(filepath.Join(home, "kubectl")).To(gomega.BeARegularFile())

	g.Expect(world.Leave()).To(gomega.Succeed())
	g.Expect(home).ToNot(gomega.BeADirectory())
}
