package outcome

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
)

func tried() *Table {
	t := New("faults", "Faults of a cluster")
	t.Add(
		Row{Done: "the API server restarted during an upgrade", Expected: "revision 2", Happened: "it is deployed", Held: true},
		Row{Done: "every answer a 500", Expected: "an error that names the server", Happened: "no error\nat all"},
	)
	return t
}

func TestATableSaysWhatWasDoneExpectedAndHappened(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	g.Expect(tried().String()).To(gomega.Equal(`Faults of a cluster

        WHAT WAS DONE                               WHAT WAS EXPECTED               WHAT HAPPENED
held    the API server restarted during an upgrade  revision 2                      it is deployed
BROKEN  every answer a 500                          an error that names the server  no error at all

Faults of a cluster: 1 of 2 held
`))
	g.Expect(tried().Broken()).To(gomega.HaveExactElements(gomega.HaveField("Done", "every answer a 500")))
}

func TestATableIsWrittenForPeopleAndForPrograms(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	dir := filepath.Join(t.TempDir(), "resilience")

	g.Expect(tried().Write(dir)).To(gomega.Succeed())

	g.Expect(os.ReadFile(filepath.Join(dir, "faults.txt"))).To(gomega.BeEquivalentTo(tried().String()))
	g.Expect(Read(dir)).To(gomega.HaveExactElements(tried().Report()))
	g.Expect(Read(filepath.Join(dir, "nowhere"))).To(gomega.BeEmpty())
}

func TestATableWithoutRowsIsAList(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	g.Expect(New("none", "Nothing").JSON()).To(gomega.MatchJSON(`{"title": "Nothing", "rows": []}`))
}
