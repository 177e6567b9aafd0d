package embedded

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"seatrial/e2e/framework/cluster"
)

// Where a cluster's simulation is told what to do.
const (
	rulesName = "seatrial-simulation"
	rulesKey  = "rules.yaml"
)

// balanceLoad asks the simulation for a load balancer. Rules that somebody has given a kept
// cluster meanwhile stay, but they must not take it away.
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
	maps := client.CoreV1().ConfigMaps(rules.Namespace)
	_, err = maps.Create(ctx, rules, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		rules, err = maps.Get(ctx, rulesName, metav1.GetOptions{})
		if err == nil {
			err = balances(rules.Data[rulesKey])
		}
	}
	if err != nil {
		return fmt.Errorf("asking for a load balancer: %w", err)
	}
	return nil
}

// balances tells why rules give no load balancer, if they do not.
func balances(text string) error {
	var rules struct {
		LoadBalancer bool `json:"loadBalancer"`
	}
	if err := yaml.Unmarshal([]byte(text), &rules); err != nil {
		return fmt.Errorf("reading %s in the ConfigMap %q of %q: %w", rulesKey, rulesName, metav1.NamespaceSystem, err)
	}
	if !rules.LoadBalancer {
		return fmt.Errorf("the ConfigMap %q of %q is there and wants none: add `loadBalancer: true` to its %s, or delete it",
			rulesName, metav1.NamespaceSystem, rulesKey)
	}
	return nil
}
