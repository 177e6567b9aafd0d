package regression

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/runid"
)

// outsideAnnotation is on a namespace of ours and lists, as JSON, what its path makes outside of it: whoever clears away
// after a run that was killed has nothing else to go by.
const outsideAnnotation = "seatrial.dev/outside"

// note writes the list to the namespace before any of it is made.
func note(ctx context.Context, kube *cluster.Connection, namespace string, outside []*unstructured.Unstructured) error {
	if len(outside) == 0 {
		return nil
	}
	var names []map[string]any
	for _, u := range outside {
		name := &unstructured.Unstructured{}
		name.SetGroupVersionKind(u.GroupVersionKind())
		name.SetNamespace(u.GetNamespace())
		name.SetName(u.GetName())
		names = append(names, name.Object)
	}
	list, err := json.Marshal(names)
	if err != nil {
		return fmt.Errorf("noting what is outside of namespace %q: %w", namespace, err)
	}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": map[string]string{outsideAnnotation: string(list)}}})
	if err == nil {
		_, err = kube.CoreV1().Namespaces().Patch(ctx, namespace, types.MergePatchType, patch, metav1.PatchOptions{})
	}
	if err != nil {
		return fmt.Errorf("noting what is outside of namespace %q: %w", namespace, err)
	}
	return nil
}

// Sweep takes away what runs that are over have left in a cluster that outlives them: their namespaces, and what their
// paths made outside of them. It returns the names of the namespaces.
func Sweep(ctx context.Context, kubeconfig string) ([]string, error) {
	config, err := cluster.LoadRESTConfig(kubeconfig)
	if err != nil {
		return nil, err
	}
	kube, err := cluster.Connect(kubeconfig)
	if err != nil {
		return nil, err
	}
	defer kube.Close()
	client, err := objects.Connect(ctx, config)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	list, err := kube.CoreV1().Namespaces().List(ctx, metav1.ListOptions{LabelSelector: cluster.RunLabel})
	if err != nil {
		return nil, fmt.Errorf("looking for namespaces of runs that are over: %w", err)
	}
	var removed []string
	var errs []error
	for i := range list.Items {
		namespace := &list.Items[i]
		owner, err := runid.Parse(namespace.Labels[cluster.RunLabel])
		if err != nil || !owner.Dead() {
			continue
		}
		if err := sweep(ctx, client, kube, namespace); err != nil {
			errs = append(errs, fmt.Errorf("removing namespace %q of a run that is over: %w", namespace.Name, err))
			continue
		}
		removed = append(removed, "namespace "+namespace.Name)
	}
	return removed, errors.Join(errs...)
}

func sweep(ctx context.Context, client *objects.Client, kube *cluster.Connection, namespace *corev1.Namespace) error {
	var outside []*unstructured.Unstructured
	if list := namespace.Annotations[outsideAnnotation]; list != "" {
		var names []map[string]any
		if err := json.Unmarshal([]byte(list), &names); err != nil {
			return fmt.Errorf("reading annotation %s: %w", outsideAnnotation, err)
		}
		for _, name := range names {
			outside = append(outside, &unstructured.Unstructured{Object: name})
		}
	}
	if err := removeAll(ctx, client, namespace.Name, outside); err != nil {
		return err
	}
	return ignoreAbsent(kube.CoreV1().Namespaces().Delete(ctx, namespace.Name, metav1.DeleteOptions{}))
}
