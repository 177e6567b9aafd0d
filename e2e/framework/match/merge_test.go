package match

import (
	"strings"
	"testing"

	"github.com/onsi/gomega"
)

func TestMergeKeepsWhatIsStillRight(t *testing.T) {
	g := gomega.NewWithT(t)
	seed := file(t, "seed_history.txt")
	stale := strings.Replace(seed, "Tue Feb 25 14:53:45 2020    deployed ", "Tue Feb 25 14:53:45 2020    failed   ", 1)
	g.Expect(Merge(stale, file(t, "real_history.txt"), Options{Command: historyCommand})).To(gomega.Equal(seed))
	g.Expect(Merge(seed, file(t, "real_history.txt"), Options{Command: historyCommand})).To(gomega.Equal(seed))

	// A row too much goes, one too few comes, and the columns stay where they were.
	all := file(t, "seed_all.txt")
	pods := Merge(all, file(t, "real_all2.txt"), Options{Command: allCommand})
	g.Expect(pods).NotTo(gomega.ContainSubstring("redis-slave"))
	g.Expect(pods).To(gomega.ContainSubstring("pod/redis-master-5d8b66464f-g7sh6     1/1     Running   0"))
	back := Merge(pods, file(t, "real_all.txt"), Options{Command: allCommand})
	g.Expect(back).To(gomega.ContainSubstring("\npod/redis-slave-5fb44d67c9-9bpxj"))
	g.Expect(Compare(back, file(t, "real_all.txt"), Options{Command: allCommand})).To(gomega.BeEmpty())
}

func TestCellsThatGrowStayAsFarApartAsTheDocumentHasThem(t *testing.T) {
	g := gomega.NewWithT(t)
	o := Options{Command: "helm history demo"}
	actual := "REVISION\tSTATUS\tCHART\n1\tsuperseded\tdemo-1\n"
	g.Expect(Merge("REVISION  STATUS     CHART\n1         deployed   demo-1\n", actual, o)).
		To(gomega.Equal("REVISION  STATUS      CHART\n1         superseded  demo-1\n"))
	g.Expect(Merge("REVISION STATUS  CHART\n1        failed  demo-1\n", actual, o)).
		To(gomega.Equal("REVISION STATUS      CHART\n1        superseded  demo-1\n"))
}

func TestMergeOfTextTakesTheLinesThatDiffer(t *testing.T) {
	g := gomega.NewWithT(t)
	g.Expect(Merge(
		"NAME: x\nLAST DEPLOYED: Mon Feb 24 18:08:02 2020\nSTATUS: failed\n",
		"NAME: x\nLAST DEPLOYED: Tue Nov  3 08:08:02 2026\nSTATUS: deployed\nREVISION: 1\n",
		Options{Command: "helm status x"},
	)).To(gomega.Equal("NAME: x\nLAST DEPLOYED: Mon Feb 24 18:08:02 2020\nSTATUS: deployed\nREVISION: 1\n"))
}
