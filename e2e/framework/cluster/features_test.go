package cluster_test

import (
	"testing"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/cluster"
)

func TestMissingNamesWhatIsNeededAndNotThere(t *testing.T) {
	g := gomega.NewWithT(t)

	has := cluster.Features{Containers: true, PodNetwork: true, Volumes: true}
	need := cluster.Features{Containers: true, LoadBalancer: true, NodeFaults: true}

	g.Expect(has.Missing(need)).To(gomega.Equal([]string{"loadBalancer", "nodeFaults"}))
	g.Expect(has.Missing(has)).To(gomega.BeEmpty())
	g.Expect(has.Missing(cluster.Features{})).To(gomega.BeEmpty())
}

func TestParseFeaturesNamesTheChoicesWhenAWordIsUnknown(t *testing.T) {
	g := gomega.NewWithT(t)

	_, err := cluster.ParseFeatures("containers", "loadbalancer")

	g.Expect(err).To(gomega.MatchError(
		`parsing feature "loadbalancer": want one of containers, podNetwork, loadBalancer, volumes, nodeFaults`))
}

func anyFeatures() *rapid.Generator[cluster.Features] {
	return rapid.Custom(func(t *rapid.T) cluster.Features {
		flag := rapid.Bool()
		return cluster.Features{
			Containers:   flag.Draw(t, "containers"),
			PodNetwork:   flag.Draw(t, "podNetwork"),
			LoadBalancer: flag.Draw(t, "loadBalancer"),
			Volumes:      flag.Draw(t, "volumes"),
			NodeFaults:   flag.Draw(t, "nodeFaults"),
		}
	})
}

func TestNamesParseBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyFeatures().Draw(t, "features")
		got, err := cluster.ParseFeatures(want.Names()...)
		if err != nil || got != want {
			t.Fatalf("%v parses to %+v, %v; want %+v", want.Names(), got, err, want)
		}
	})
}

func TestWhatIsMissingFillsTheGap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		has, need := anyFeatures().Draw(t, "has"), anyFeatures().Draw(t, "need")
		filled, err := cluster.ParseFeatures(append(has.Names(), has.Missing(need)...)...)
		if err != nil {
			t.Fatal(err)
		}
		if missing := filled.Missing(need); len(missing) > 0 {
			t.Fatalf("%v is still missing", missing)
		}
	})
}
