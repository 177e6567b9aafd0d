package clustertest

import (
	"context"
	"fmt"
	"io/fs"
	"os"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"

	"seatrial/e2e/framework/cluster"
)

// ready asks once for each thing that a workload relies on: nothing is waited for here.
func ready(ctx context.Context, s Subject) error {
	client, err := cluster.Connect(s.Cluster.Kubeconfig())
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Ready(ctx); err != nil {
		return err
	}
	for _, namespace := range []string{metav1.NamespaceDefault, metav1.NamespaceSystem} {
		if _, err := client.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{}); err != nil {
			return fmt.Errorf("looking for namespace %q: %w", namespace, err)
		}
	}
	if _, err := client.CoreV1().ServiceAccounts(metav1.NamespaceDefault).Get(ctx, "default", metav1.GetOptions{}); err != nil {
		return fmt.Errorf("looking for the default service account: %w", err)
	}
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("looking at the nodes: %w", err)
	}
	if len(nodes.Items) < 1+s.Spec.Workers {
		return fmt.Errorf("there are %d nodes instead of %d", len(nodes.Items), 1+s.Spec.Workers)
	}
	for i := range nodes.Items {
		if !nodeReady(&nodes.Items[i]) {
			return fmt.Errorf("node %q is not ready", nodes.Items[i].Name)
		}
	}
	return nil
}

func nodeReady(node *corev1.Node) bool {
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

// acceptsPods needs the service account and its token to be there at the first try.
func acceptsPods(ctx context.Context, s Subject) error {
	client, err := cluster.Connect(s.Cluster.Kubeconfig())
	if err != nil {
		return err
	}
	defer client.Close()
	pods := client.CoreV1().Pods(metav1.NamespaceDefault)
	made, err := pods.Create(ctx, s.pod("contract-"), metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("making a pod: %w", err)
	}
	if err := pods.Delete(ctx, made.Name, *metav1.NewDeleteOptions(0)); err != nil {
		return fmt.Errorf("removing the pod again: %w", err)
	}
	return nil
}

// private looks at the file itself.
func private(_ context.Context, s Subject) error {
	file := s.Cluster.Kubeconfig()
	about, err := os.Stat(file)
	if err != nil {
		return err
	}
	if mode := about.Mode().Perm(); mode != fs.FileMode(0o600) {
		return fmt.Errorf("%q has mode %o instead of 600", file, mode)
	}
	config, err := clientcmd.LoadFromFile(file)
	if err != nil {
		return fmt.Errorf("reading %q: %w", file, err)
	}
	if len(config.Contexts) != 1 || len(config.Clusters) != 1 || len(config.AuthInfos) != 1 {
		return fmt.Errorf("%q has %d contexts, %d clusters and %d users instead of one each", file, len(config.Contexts), len(config.Clusters), len(config.AuthInfos))
	}
	if config.Contexts[config.CurrentContext] == nil {
		return fmt.Errorf("%q has no current context", file)
	}
	return nil
}
