package main

import (
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/scenario"
)

func TestCoursesThatWantTheSameShareACluster(t *testing.T) {
	g := gomega.NewWithT(t)
	balanced := cluster.Features{LoadBalancer: true}

	of := &scenario.Scenario{}
	a, b, c, d := course{of: of, name: "a"}, course{of: of, name: "b", wants: balanced}, course{of: of, name: "c"}, course{of: of, name: "d", wants: balanced}
	documents, others := course{}, course{}

	sorted := alike([]course{a, documents, b, others, c, d})

	g.Expect(sorted).To(gomega.Equal([][]course{{a, c}, {documents}, {b, d}, {others}}), "documents clear nothing away")
}

func TestDocumentsNamedTogetherAreOneCourseAndScenariosKeepTheirPlace(t *testing.T) {
	g := gomega.NewWithT(t)
	guestbook := filepath.Join("..", "..", "scenarios", "guestbook")
	a, b := put(t, "a.md", exercise), put(t, "b.md", exercise)

	all, err := (&rehearsal{}).courses([]string{a, guestbook, b})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(all).To(gomega.HaveLen(3))
	g.Expect(all[0].documents).To(gomega.HaveExactElements(gomega.HaveField("Path", a), gomega.HaveField("Path", b)))
	g.Expect(all[1].title()).To(gomega.ContainSubstring("The guestbook workshop"))

	all, err = (&rehearsal{separate: true}).courses([]string{a, b})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(all).To(gomega.HaveLen(2))
}

func TestAFolderWithoutAScenarioIsNamedWithWhatToDo(t *testing.T) {
	_, err := (&rehearsal{}).courses([]string{t.TempDir()})
	gomega.NewWithT(t).Expect(err).To(gomega.MatchError(gomega.ContainSubstring("is a folder without a scenario.yaml: name its documents, or write one")))
}

// What a cluster has anyway is no reason for another one.
func TestOnlyWhatCanBeSwitchedOnIsWanted(t *testing.T) {
	g := gomega.NewWithT(t)
	g.Expect(switched(&scenario.Scenario{Requires: []scenario.Feature{"volumes"}})).To(gomega.Equal(cluster.Features{}))
	g.Expect(switched(&scenario.Scenario{Requires: []scenario.Feature{"volumes", "loadBalancer"}})).To(gomega.Equal(cluster.Features{LoadBalancer: true}))
	_, err := switched(&scenario.Scenario{Requires: []scenario.Feature{"wings"}})
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix(`parsing feature "wings"`)))
}
