package framework

import (
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
)

// named is a provider of which only the name is asked for.
type named struct {
	cluster.Provider

	name string
}

func (n named) Name() string { return n.name }

func TestNodesThatCostNothingAreMadeWhereTheyAreSimulated(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	workers := func(o Options, provider string) int {
		return o.spec(assets.Assets{}, picked{provider: named{name: provider}}).Workers
	}
	g.Expect(workers(Options{Simulated: 4}, assets.Embedded)).To(gomega.Equal(4))
	g.Expect(workers(Options{Workers: 6, Simulated: 4}, assets.Embedded)).To(gomega.Equal(6))
	g.Expect(workers(Options{Workers: 1, Simulated: 4}, assets.Kind)).To(gomega.Equal(1))
}
