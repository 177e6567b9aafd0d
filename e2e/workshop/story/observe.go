package story

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework/helm"
)

// pods lists those with the labels, sorted by name, as the API server does.
func (w *World) pods(ctx context.Context, labels string) ([]corev1.Pod, error) {
	list, err := w.kube.CoreV1().Pods(w.Namespace).List(ctx, metav1.ListOptions{LabelSelector: labels})
	if err != nil {
		return nil, fmt.Errorf("listing pods: %w", err)
	}
	return list.Items, nil
}

// lastingPods are those that no step of the workshop touches.
func (w *World) lastingPods(ctx context.Context) ([]corev1.Pod, error) {
	app, err := w.pods(ctx, "app.kubernetes.io/name=guestbook")
	if err != nil {
		return nil, err
	}
	master, err := w.pods(ctx, "app=redis,role=master")
	return append(app, master...), err
}

// everything is what "kubectl get all" and a look at claims and EndpointSlices show, as
// kind/name.
func (w *World) everything(ctx context.Context) ([]string, error) {
	printed, err := w.Kubectl(ctx, "get", "all,persistentvolumeclaims,endpointslices,ingresses", "--output", "name", "-n", w.Namespace)
	if err != nil {
		return nil, err
	}
	return strings.Fields(printed), nil
}

// records lists Helm's storage objects by driver. The API server sorts them by name,
// which is by revision as long as there are fewer than ten.
func (w *World) records(ctx context.Context) (map[helm.Driver][]string, error) {
	owned := metav1.ListOptions{LabelSelector: "owner=helm,name=" + Release}
	found := map[helm.Driver][]string{helm.Secrets: nil, helm.ConfigMaps: nil}
	secrets, err := w.kube.CoreV1().Secrets(w.Namespace).List(ctx, owned)
	if err != nil {
		return nil, fmt.Errorf("listing Helm's Secrets: %w", err)
	}
	for i := range secrets.Items {
		found[helm.Secrets] = append(found[helm.Secrets], secrets.Items[i].Name)
	}
	maps, err := w.kube.CoreV1().ConfigMaps(w.Namespace).List(ctx, owned)
	if err != nil {
		return nil, fmt.Errorf("listing Helm's ConfigMaps: %w", err)
	}
	for i := range maps.Items {
		found[helm.ConfigMaps] = append(found[helm.ConfigMaps], maps.Items[i].Name)
	}
	return found, nil
}
