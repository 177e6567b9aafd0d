package existing

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"seatrial/e2e/framework/cluster"
)

// looks is what was seen of a cluster without changing anything in it.
type looks struct {
	nodes    int
	ready    []corev1.Node
	features cluster.Features
}

// look finds out what can be known for certain. Whether a Service would get an address
// cannot, nor may anybody stop a node here: those two are never promised.
func look(ctx context.Context, client kubernetes.Interface) (looks, error) {
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return looks{}, fmt.Errorf("looking at the nodes: %w", err)
	}
	found := looks{nodes: len(nodes.Items)}
	for i := range nodes.Items {
		if isReady(&nodes.Items[i]) {
			found.ready = append(found.ready, nodes.Items[i])
		}
	}
	found.features.Containers = runContainers(found.ready)
	if found.features.Containers {
		if found.features.PodNetwork, err = hasDNS(ctx, client); err != nil {
			return found, err
		}
	}
	found.features.Volumes, err = hasDefaultStorage(ctx, client)
	return found, err
}

func isReady(node *corev1.Node) bool {
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

// runContainers tells whether every node has a runtime that exists. Simulated nodes, ours
// and others', name none or one of their own.
func runContainers(nodes []corev1.Node) bool {
	for i := range nodes {
		runtime, _, found := strings.Cut(nodes[i].Status.NodeInfo.ContainerRuntimeVersion, "://")
		switch {
		case !found, runtime != "containerd" && runtime != "docker" && runtime != "cri-o":
			return false
		case nodes[i].Annotations["kwok.x-k8s.io/node"] != "" || strings.Contains(nodes[i].Status.NodeInfo.KubeletVersion, "fake"):
			return false
		}
	}
	return len(nodes) > 0
}

// hasDNS tells whether the cluster's name service has somebody behind it, which is as much
// as can be seen of a pod network from outside.
func hasDNS(ctx context.Context, client kubernetes.Interface) (bool, error) {
	slices, err := client.DiscoveryV1().EndpointSlices(metav1.NamespaceSystem).List(ctx, metav1.ListOptions{
		LabelSelector: discoveryv1.LabelServiceName + "=kube-dns",
	})
	if err != nil {
		return false, fmt.Errorf("looking for cluster DNS: %w", err)
	}
	for _, slice := range slices.Items {
		for _, endpoint := range slice.Endpoints {
			if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
				return true, nil
			}
		}
	}
	return false, nil
}

// defaultClass marks the storage class of claims that name none.
const defaultClass = "storageclass.kubernetes.io/is-default-class"

func hasDefaultStorage(ctx context.Context, client kubernetes.Interface) (bool, error) {
	classes, err := client.StorageV1().StorageClasses().List(ctx, metav1.ListOptions{})
	if err != nil {
		return false, fmt.Errorf("looking for a default storage class: %w", err)
	}
	for i := range classes.Items {
		if classes.Items[i].Annotations[defaultClass] == "true" {
			return true, nil
		}
	}
	return false, nil
}
