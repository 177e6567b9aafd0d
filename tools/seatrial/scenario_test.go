package main

import (
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/scenario"
)

func TestCoursesThatWantTheSameShareACluster(t *testing.T) {
	g := gomega.NewWithT(t)
	balanced := cluster.Features{LoadBalancer: true}

	sorted := alike([]course{{name: "a"}, {name: "b", wants: balanced}, {name: "c"}, {name: "d", wants: balanced}})

	g.Expect(sorted).To(gomega.Equal([][]course{{{name: "a"}, {name: "c"}}, {{name: "b", wants: balanced}, {name: "d", wants: balanced}}}))
}

// What a cluster has anyway is no reason for another one.
func TestOnlyWhatCanBeSwitchedOnIsWanted(t *testing.T) {
	g := gomega.NewWithT(t)
	g.Expect(switched(&scenario.Scenario{Requires: []scenario.Feature{"volumes"}})).To(gomega.Equal(cluster.Features{}))
	g.Expect(switched(&scenario.Scenario{Requires: []scenario.Feature{"volumes", "loadBalancer"}})).To(gomega.Equal(cluster.Features{LoadBalancer: true}))
	_, err := switched(&scenario.Scenario{Requires: []scenario.Feature{"wings"}})
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix(`parsing feature "wings"`)))
}
