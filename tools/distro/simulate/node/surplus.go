package node

import (
	"context"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
)

// runtimeVersion is how a simulated node is told from others.
const runtimeVersion = "simulated://seatrial"

// removeSurplus removes simulated nodes of an earlier run that had more of them, and what was on them: nobody
// would look after their pods.
func (k *Keeper) removeSurplus(ctx context.Context) error {
	all, err := k.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("listing nodes of an earlier run: %w", err)
	}
	var failed []error
	for i := range all.Items {
		n := &all.Items[i]
		wanted := slices.ContainsFunc(k.specs, func(s Spec) bool { return s.Name == n.Name })
		if wanted || n.Status.NodeInfo.ContainerRuntimeVersion != runtimeVersion {
			continue
		}
		err := k.client.CoreV1().Nodes().Delete(ctx, n.Name, metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			failed = append(failed, fmt.Errorf("removing node %q of an earlier run: %w", n.Name, err))
			continue
		}
		failed = append(failed, k.removePods(ctx, n.Name))
	}
	return errors.Join(failed...)
}

func (k *Keeper) removePods(ctx context.Context, node string) error {
	onNode := metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector("spec.nodeName", node).String()}
	all, err := k.client.CoreV1().Pods(corev1.NamespaceAll).List(ctx, onNode)
	if err != nil {
		return fmt.Errorf("listing pods of node %q: %w", node, err)
	}
	var failed []error
	for i := range all.Items {
		p := &all.Items[i]
		if p.Spec.NodeName != node {
			continue
		}
		err := k.client.CoreV1().Pods(p.Namespace).Delete(ctx, p.Name, *metav1.NewDeleteOptions(0))
		if err != nil && !apierrors.IsNotFound(err) {
			failed = append(failed, fmt.Errorf("removing pod %q: %w", p.Namespace+"/"+p.Name, err))
		}
	}
	return errors.Join(failed...)
}
