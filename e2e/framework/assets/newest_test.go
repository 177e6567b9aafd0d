package assets

import (
	"os"
	"testing"
	"time"

	"github.com/onsi/gomega"
)

// keep saves what was prepared with these choices, as if that were some hours ago.
func keep(t *testing.T, root string, a Assets, w Want, hours int) {
	t.Helper()
	g := gomega.NewWithT(t)
	t.Chdir(root)
	g.Expect(a.Save(w)).To(gomega.Succeed())
	at := time.Now().Add(-time.Duration(hours) * time.Hour)
	g.Expect(os.Chtimes(record(t, root, w), at, at)).To(gomega.Succeed())
}

func TestOutsideOfTheSourceTreeWhatWasPreparedLastCounts(t *testing.T) {
	g := gomega.NewWithT(t)
	root, elsewhere := source(t), t.TempDir()
	t.Setenv("SEATRIAL_CACHE", t.TempDir())
	t.Chdir(elsewhere)
	_, err := Load(Want{})
	g.Expect(err).To(gomega.MatchError(ErrNotPrepared))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("in a source tree of seatrial")))

	withNodes, without, broken := prepared(t), prepared(t), prepared(t)
	without.NodeImage, without.Engine = "", ""
	keep(t, root, withNodes, Want{}, 3)
	keep(t, root, without, Want{Provider: Embedded}, 2)
	keep(t, root, broken, Want{Engine: "docker"}, 1)
	g.Expect(os.Remove(broken.Helm())).To(gomega.Succeed())

	t.Chdir(elsewhere)
	g.Expect(Load(Want{})).To(gomega.Equal(without), "the last one whose files are all there")
	g.Expect(Load(Want{Provider: Kind})).To(gomega.Equal(withNodes), "nodes need an image")
	g.Expect(Load(Want{NodeImage: withNodes.NodeImage})).To(gomega.Equal(withNodes))
	g.Expect(Load(Want{Kubernetes: withNodes.Kubernetes, Engine: "podman"})).To(gomega.Equal(withNodes))
	_, err = Load(Want{NodeImage: "somebody/else:v1"})
	g.Expect(err).To(gomega.MatchError(ErrNotPrepared))
}
