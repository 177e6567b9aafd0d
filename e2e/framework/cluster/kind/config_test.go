package kind

import (
	"testing"

	"github.com/onsi/gomega"
	kindcluster "sigs.k8s.io/kind/pkg/cluster"
	"sigs.k8s.io/yaml"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/runid"
)

func rendered(t *testing.T, spec cluster.Spec, host engine.Host) string {
	t.Helper()
	g := gomega.NewWithT(t)
	o, err := newOrder(spec)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	o.run, err = runid.Parse("k3f9x-1a2b-x9z0c1")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	config, err := renderConfig(o, host)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	text, err := yaml.Marshal(config)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	return string(text)
}

func TestAHostWithoutLimitsGetsOnlyWhatThrowAwayClustersWant(t *testing.T) {
	g := gomega.NewWithT(t)
	got := rendered(t, cluster.Spec{Name: "x", NodeImage: someImage}, engine.Host{CgroupVersion: 2})
	g.Expect(got).To(gomega.MatchYAML(`
apiVersion: kind.x-k8s.io/v1alpha4
kind: Cluster
name: x
nodes:
- role: control-plane
  image: localhost/seatrial/node:v1.37.2
  labels: {seatrial.dev/run: k3f9x-1a2b-x9z0c1}
networking: {podSubnet: 10.244.0.0/16}
kubeadmConfigPatches:
- |
  controllerManager:
    extraArgs:
      endpointslice-updates-batch-period: 20ms
      kube-api-burst: "1000"
      kube-api-qps: "500"
      leader-elect: "false"
  etcd:
    local:
      extraArgs:
        unsafe-no-fsync: "true"
  kind: ClusterConfiguration
  scheduler:
    extraArgs:
      leader-elect: "false"
- |
  kind: KubeletConfiguration
- |
  iptables:
    minSyncPeriod: 50ms
  kind: KubeProxyConfiguration
`))
}

func TestAnImageIsOnlyGivenWhatItsKubernetesKnows(t *testing.T) {
	for inside, want := range map[string]struct{ restarts, keys string }{
		"v1.37.2": {"2s", "ECDSA-P256"},
		"v1.36.0": {"2s", "ECDSA-P256"},
		"v1.35.4": {"2s", ""},
		"v1.34.4": {},
		"":        {},
		"latest":  {},
	} {
		t.Run(inside, func(t *testing.T) {
			g := gomega.NewWithT(t)
			o := &order{inside: inside}
			restarts := ""
			if patch := kubelet(o, engine.Host{CgroupVersion: 2}); patch.CrashLoopBackOff != nil {
				restarts = patch.CrashLoopBackOff.MaxContainerRestartPeriod
			}
			g.Expect(restarts).To(gomega.Equal(want.restarts))
			g.Expect(throwAway(o).Encryption).To(gomega.Equal(want.keys))
		})
	}
}

func TestALimitedHostIsMadeUpFor(t *testing.T) {
	g := gomega.NewWithT(t)
	host := engine.Host{CgroupVersion: 1, MissingCapabilities: []string{"CAP_SYS_RESOURCE"}}

	got := rendered(t, cluster.Spec{Name: "x", NodeImage: someImage, Workers: 2}, host)

	g.Expect(got).To(gomega.And(
		gomega.ContainSubstring("failCgroupV1: false\n  kind: KubeletConfiguration"),
		gomega.ContainSubstring("version = 2\n  [plugins.\"io.containerd.grpc.v1.cri\"]\n    restrict_oom_score_adj = true"),
		gomega.ContainSubstring("version = 3\n  [plugins.\"io.containerd.cri.v1.runtime\"]\n    restrict_oom_score_adj = true"),
		gomega.MatchRegexp(`(?s)role: control-plane.*role: worker.*role: worker`),
	))
}

func TestAnImageOfOursNeedsNoPatchOfContainerd(t *testing.T) {
	g := gomega.NewWithT(t)
	config, err := renderConfig(&order{name: "x", inside: "v1.37.2"}, engine.Host{MissingCapabilities: []string{"CAP_SYS_RESOURCE"}})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(config.ContainerdConfigPatches).To(gomega.BeEmpty())
}

func TestKindAcceptsTheConfig(t *testing.T) {
	g := gomega.NewWithT(t)
	o, err := newOrder(cluster.Spec{NodeImage: someImage, Workers: 1})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	config, err := renderConfig(o, engine.Host{CgroupVersion: 1})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	text, err := yaml.Marshal(config)
	g.Expect(err).ToNot(gomega.HaveOccurred())

	// Kind parses strictly, and it does so when the option is made.
	provider := kindcluster.NewProvider(kindcluster.ProviderWithPodman())
	t.Setenv("PATH", t.TempDir()) // No engine: creation ends where it would begin.
	err = provider.Create("x", kindcluster.CreateWithRawConfig(text))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("executable file not found")))
}
