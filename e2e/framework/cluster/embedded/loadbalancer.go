package embedded

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework/cluster"
)

// Where a cluster's simulation is told what to do.
const (
	rulesName = "seatrial-simulation"
	rulesKey  = "rules.yaml"
)

// balanceLoad asks the simulation for a load balancer, unless somebody has already told
// it what to do.
func (c *embeddedCluster) balanceLoad(ctx context.Context) error {
	client, err := cluster.Connect(c.Kubeconfig())
	if err != nil {
		return err
	}
	defer client.Close()
	rules := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: rulesName, Namespace: metav1.NamespaceSystem},
		Data:       map[string]string{rulesKey: "loadBalancer: true\n"},
	}
	_, err = client.CoreV1().ConfigMaps(rules.Namespace).Create(ctx, rules, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("asking for a load balancer: %w", err)
	}
	return nil
}
