// Package node registers simulated nodes and keeps them alive in the eyes of the cluster.
package node

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// Max is how many nodes there can be: their addresses are from 192.0.2.0/24, which belongs to nobody.
	Max = 254
	// network is that of the nodes' addresses.
	network = "192.0.2."
)

// Spec says what a node is to look like.
type Spec struct {
	// Name is the node's name.
	Name string
	// Address is its internal address.
	Address string
	// Version is that of Kubernetes, with its v.
	Version string
	// Port is where its kubelet is asked for logs.
	Port int32
}

// Specs are so many nodes: embedded-1, embedded-2 and so on.
func Specs(count int, version string, port int32) ([]Spec, error) {
	if count < 1 || count > Max {
		return nil, fmt.Errorf("simulating %d nodes: there can be 1 to %d", count, Max)
	}
	specs := make([]Spec, count)
	for i := range specs {
		number := strconv.Itoa(i + 1)
		specs[i] = Spec{Name: "embedded-" + number, Address: network + number, Version: version, Port: port}
	}
	return specs, nil
}

// object is the node as it is registered. The server keeps the status of a node that is created, so that
// it is ready with one request.
func (s Spec) object(now time.Time) *corev1.Node {
	labels := map[string]string{
		corev1.LabelHostname: s.Name, corev1.LabelOSStable: "linux", corev1.LabelArchStable: runtime.GOARCH,
		"beta.kubernetes.io/os": "linux", "beta.kubernetes.io/arch": runtime.GOARCH,
	}
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: s.Name, Labels: labels},
		Status:     s.status(now),
	}
}

func (s Spec) status(now time.Time) corev1.NodeStatus {
	return corev1.NodeStatus{
		Capacity:    resources("32", "64Gi"),
		Allocatable: resources("32", "64Gi"),
		Conditions:  conditions(metav1.NewTime(now.Truncate(time.Second))),
		Addresses: []corev1.NodeAddress{
			{Type: corev1.NodeInternalIP, Address: s.Address},
			{Type: corev1.NodeHostName, Address: s.Name},
		},
		DaemonEndpoints: corev1.NodeDaemonEndpoints{KubeletEndpoint: corev1.DaemonEndpoint{Port: s.Port}},
		NodeInfo: corev1.NodeSystemInfo{
			MachineID: s.identity("machine")[:32], SystemUUID: uuid(s.identity("system")), BootID: uuid(s.identity("boot")),
			// Whoever looks at the node is to see what it is.
			OSImage: "simulated", KernelVersion: "simulated", ContainerRuntimeVersion: runtimeVersion,
			OperatingSystem: "linux", Architecture: runtime.GOARCH, KubeletVersion: s.Version,
		},
	}
}

func resources(cpu, memory string) corev1.ResourceList {
	return corev1.ResourceList{
		corev1.ResourceCPU:              resource.MustParse(cpu),
		corev1.ResourceMemory:           resource.MustParse(memory),
		corev1.ResourceEphemeralStorage: resource.MustParse("256Gi"),
		corev1.ResourcePods:             resource.MustParse("110"),
	}
}

func conditions(now metav1.Time) []corev1.NodeCondition {
	var all []corev1.NodeCondition
	for _, c := range []struct {
		kind            corev1.NodeConditionType
		status          corev1.ConditionStatus
		reason, message string
	}{
		{corev1.NodeMemoryPressure, corev1.ConditionFalse, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"},
		{corev1.NodeDiskPressure, corev1.ConditionFalse, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"},
		{corev1.NodePIDPressure, corev1.ConditionFalse, "KubeletHasSufficientPID", "kubelet has sufficient PID available"},
		{corev1.NodeReady, corev1.ConditionTrue, "KubeletReady", "kubelet is posting ready status"},
	} {
		all = append(all, corev1.NodeCondition{
			Type: c.kind, Status: c.status, Reason: c.reason, Message: c.message, LastHeartbeatTime: now, LastTransitionTime: now,
		})
	}
	return all
}

// identity is the same for a node whenever it is registered.
func (s Spec) identity(of string) string {
	sum := sha256.Sum256([]byte(of + "/" + s.Name))
	return hex.EncodeToString(sum[:])
}

func uuid(digits string) string {
	return digits[:8] + "-" + digits[8:12] + "-" + digits[12:16] + "-" + digits[16:20] + "-" + digits[20:32]
}
