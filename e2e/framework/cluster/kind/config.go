package kind

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/version"
	"sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
	"sigs.k8s.io/yaml"

	"seatrial/e2e/framework/engine"
)

const (
	// runLabel marks every node with the run that made it.
	runLabel = "seatrial.dev/run"

	// restartPeriod is the longest time a container waits to be started again.
	restartPeriod = "2s"

	// proxyPause is the shortest time between two changes of the rules that lead Services to
	// their pods. The default of a second is for clusters with thousands of Services; here it
	// only means that a Service answers up to a second after its pods are ready.
	proxyPause = "50ms"

	// endpointsPause is how long the endpoints of a Service wait for another pod to change, too. Without
	// it, of two pods that are ready at once, the second is often only a second later an endpoint: its
	// change comes before the controller has seen its own write for the first one, and it then waits
	// for its shortest back-off.
	endpointsPause = "20ms"
)

// extraArgs are flags of a control-plane component. Kind turns the map into the
// list that newer kubeadm versions want, as long as the patch names no version.
type extraArgs struct {
	ExtraArgs map[string]string `json:"extraArgs"`
}

type etcd struct {
	Local extraArgs `json:"local"`
}

type clusterPatch struct {
	Kind              string    `json:"kind"`
	Encryption        string    `json:"encryptionAlgorithm,omitempty"`
	Etcd              etcd      `json:"etcd"`
	ControllerManager extraArgs `json:"controllerManager"`
	Scheduler         extraArgs `json:"scheduler"`
}

type kubeletPatch struct {
	Kind             string     `json:"kind"`
	FailCgroupV1     *bool      `json:"failCgroupV1,omitempty"`
	CrashLoopBackOff *crashLoop `json:"crashLoopBackOff,omitempty"`
}

// proxyPatch is for the mode that kind chooses unless told.
type proxyPatch struct {
	Kind     string  `json:"kind"`
	IPTables pausing `json:"iptables"`
}

type pausing struct {
	MinSyncPeriod string `json:"minSyncPeriod"`
}

type crashLoop struct {
	MaxContainerRestartPeriod string `json:"maxContainerRestartPeriod"`
}

// renderConfig says what kind shall make of an order on this host.
func renderConfig(o *order, host engine.Host) (*v1alpha4.Cluster, error) {
	config := &v1alpha4.Cluster{
		TypeMeta: v1alpha4.TypeMeta{Kind: "Cluster", APIVersion: "kind.x-k8s.io/v1alpha4"},
		Name:     o.name,
		// The network of our own images gets a head start.
		Networking: v1alpha4.Networking{PodSubnet: podSubnet, DisableDefaultCNI: o.inside != ""},
		Nodes:      []v1alpha4.Node{renderNode(o, v1alpha4.ControlPlaneRole)},
	}
	for range o.workers {
		config.Nodes = append(config.Nodes, renderNode(o, v1alpha4.WorkerRole))
	}

	proxy := proxyPatch{Kind: "KubeProxyConfiguration", IPTables: pausing{MinSyncPeriod: proxyPause}}
	for _, patch := range []any{throwAway(o), kubelet(o, host), proxy} {
		text, err := yaml.Marshal(patch)
		if err != nil {
			return nil, fmt.Errorf("rendering a kubeadm patch: %w", err)
		}
		config.KubeadmConfigPatches = append(config.KubeadmConfigPatches, string(text))
	}
	if !host.Has("CAP_SYS_RESOURCE") && o.inside == "" {
		// Restarts containerd on every node, which an image that needs no patch is spared.
		config.ContainerdConfigPatches = keepOOMScores()
	}
	return config, nil
}

func renderNode(o *order, role v1alpha4.NodeRole) v1alpha4.Node {
	return v1alpha4.Node{Role: role, Image: o.image, Labels: map[string]string{runLabel: o.run.String()}}
}

// throwAway trades what only matters to clusters that must survive a crash: no
// etcd write waits for the disk, and the only controller manager and scheduler
// there will ever be do not wait to be elected. Its keys are quick to make, where
// kubeadm's configuration has a word for that.
func throwAway(o *order) clusterPatch {
	single := extraArgs{ExtraArgs: map[string]string{"leader-elect": "false"}}
	manager := extraArgs{ExtraArgs: map[string]string{
		"leader-elect": "false",
		// Some 120 requests make the accounts and tokens of all controllers; the default of
		// 20 a second holds the first of them back for five seconds.
		"kube-api-qps": "500", "kube-api-burst": "1000",
		"endpointslice-updates-batch-period": endpointsPause,
	}}
	patch := clusterPatch{
		Kind:              "ClusterConfiguration",
		Etcd:              etcd{Local: extraArgs{ExtraArgs: map[string]string{"unsafe-no-fsync": "true"}}},
		ControllerManager: manager,
		Scheduler:         single,
	}
	if atLeast(o.inside, version.MajorMinor(1, 36)) { // From here on, kind writes v1beta4.
		patch.Encryption = "ECDSA-P256"
	}
	return patch
}

// kubelet is what a kubelet is told beyond what kind tells it.
func kubelet(o *order, host engine.Host) kubeletPatch {
	patch := kubeletPatch{Kind: "KubeletConfiguration"}
	if host.CgroupVersion == 1 {
		// Since Kubernetes 1.35, kubelet refuses cgroup v1 unless told.
		allow := false
		patch.FailCgroupV1 = &allow
	}
	if atLeast(o.inside, version.MajorMinor(1, 35)) {
		// A program that ends because it was started before what it needs is tried
		// again soon, not after ten seconds, then twenty, then forty.
		patch.CrashLoopBackOff = &crashLoop{MaxContainerRestartPeriod: restartPeriod}
	}
	return patch
}

// atLeast reports whether an image is known to have a Kubernetes with a setting. An
// image that does not tell its version is not given what it might refuse.
func atLeast(inside string, wanted *version.Version) bool {
	parsed, err := version.ParseSemantic(inside)
	return err == nil && parsed.AtLeast(wanted)
}

// keepOOMScores stops containerd from lowering out-of-memory scores, which the
// kernel forbids without CAP_SYS_RESOURCE and without which no pod starts. Kind
// applies the patch whose version is that of the node's own configuration.
func keepOOMScores() []string {
	const format = "version = %d\n[plugins.%q]\n  restrict_oom_score_adj = true\n"
	return []string{
		fmt.Sprintf(format, 2, "io.containerd.grpc.v1.cri"),
		fmt.Sprintf(format, 3, "io.containerd.cri.v1.runtime"),
		fmt.Sprintf(format, 4, "io.containerd.cri.v1.runtime"),
	}
}
