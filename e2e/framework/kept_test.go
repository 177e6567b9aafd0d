package framework

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
)

func TestAKeptClusterIsFoundByItsNameOrItsWord(t *testing.T) {
	names := []string{"seatrial-keep-1a2b3c4d", "seatrial-keep-embedded-mine"}
	for said, want := range map[string]string{"mine": names[1], "embedded-mine": names[1], "keep-1a2b3c4d": names[0], names[0]: names[0]} {
		gomega.NewWithT(t).Expect(chooseKept(said, names)).To(gomega.Equal(want), said)
	}
	gomega.NewWithT(t).Expect(chooseKept("", names[:1])).To(gomega.Equal(names[0]), "there is only one")
}

func TestAClusterThatIsNotKeptIsRefusedWithTheNameThatWasMeant(t *testing.T) {
	names := []string{"seatrial-keep-1a2b3c4d", "seatrial-keep-embedded-mine"}
	for _, c := range []struct {
		said  string
		names []string
		says  string
	}{
		{"seatrial-keep-1a2b3c4e", names, `there is no kept cluster "seatrial-keep-1a2b3c4e"; did you mean "seatrial-keep-1a2b3c4d"?`},
		{"yours", names, `there is no kept cluster "yours"; there are seatrial-keep-1a2b3c4d, seatrial-keep-embedded-mine`},
		{"yours", names[:1], `there is no kept cluster "yours"; there is only "seatrial-keep-1a2b3c4d"`},
		{"", names, "there are several kept clusters: name one of seatrial-keep-1a2b3c4d, seatrial-keep-embedded-mine"},
		{"", nil, "there is no kept cluster: `seatrial cluster create` makes one"},
	} {
		_, err := chooseKept(c.said, c.names)
		gomega.NewWithT(t).Expect(err).To(gomega.MatchError(c.says))
	}
}

func TestAKeptClusterWhoseProcessHasEndedIsListedAndDeleted(t *testing.T) {
	g := gomega.NewWithT(t)
	cache := bare(t)
	dir := filepath.Join(cache, "clusters", "embedded", "seatrial-keep-embedded-mine")
	g.Expect(os.MkdirAll(dir, 0o700)).To(gomega.Succeed())
	g.Expect(os.WriteFile(filepath.Join(dir, "cluster.json"), []byte(`{"kubernetes":"v1.37.2","nodes":2}`), 0o600)).To(gomega.Succeed())

	kept, err := Kept(t.Context(), Options{})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(kept).To(gomega.HaveLen(1))
	g.Expect(kept[0].State).To(gomega.Equal(cluster.Stopped))
	g.Expect(kept[0].Kubernetes).To(gomega.Equal("v1.37.2"))
	g.Expect(kept[0].Nodes).To(gomega.Equal(2))

	up, _, err := OpenKept(t.Context(), Options{}, "mine")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(up.Delete(t.Context())).To(gomega.Succeed())
	g.Expect(dir).ToNot(gomega.BeADirectory())
	g.Expect(Kept(t.Context(), Options{})).To(gomega.BeEmpty())
}
