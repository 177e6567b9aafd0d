package embedded

import (
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
)

func TestALoadBalancerIsThereIfItIsWanted(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "")
	c := h.create(t, cluster.Spec{Wants: cluster.Features{LoadBalancer: true}})
	g.Expect(c.Features()).To(gomega.Equal(cluster.Features{Volumes: true, LoadBalancer: true}))
}

// Containers cannot be switched on, and nobody is told that they were.
func TestWhatCannotBeSwitchedOnIsNotPromised(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "")
	c := h.create(t, cluster.Spec{Wants: cluster.Features{Containers: true, NodeFaults: true}})
	g.Expect(c.Features()).To(gomega.Equal(cluster.Features{Volumes: true}))
}

func TestAKeptClusterGetsItsLoadBalancerAnew(t *testing.T) {
	g := gomega.NewWithT(t)
	h := newHome(t, "")
	plain := h.create(t, kept())
	spec := kept()
	spec.Wants.LoadBalancer = true
	h.said = nil
	balanced := h.create(t, spec)
	g.Expect(h.said).To(gomega.ContainElement(gomega.HaveSuffix("is made anew: it has no load balancer, which is wanted")))
	g.Expect(balanced.child.pid).ToNot(gomega.Equal(plain.child.pid))
	g.Expect(h.create(t, spec).Features().LoadBalancer).To(gomega.Equal(true), "as it was made")
}

func TestUnnamedKeptClustersWithAndWithoutALoadBalancerAreTwo(t *testing.T) {
	g := gomega.NewWithT(t)
	g.Expect(keptName(&order{nodes: 1})).ToNot(gomega.Equal(keptName(&order{nodes: 1, balanced: true})))
}

func TestRulesThatTakeTheLoadBalancerAwayAreToldOf(t *testing.T) {
	g := gomega.NewWithT(t)
	g.Expect(balances("loadBalancer: true\npods: []\n")).To(gomega.Succeed())
	g.Expect(balances("pods: []\n")).To(gomega.MatchError(
		"the ConfigMap \"seatrial-simulation\" of \"kube-system\" is there and wants none: add `loadBalancer: true` to its rules.yaml, or delete it"))
	g.Expect(balances("loadBalancer: [")).To(gomega.MatchError(gomega.HavePrefix("reading rules.yaml in the ConfigMap")))
}
