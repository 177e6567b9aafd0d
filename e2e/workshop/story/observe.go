package story

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
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
// Kind/name, sorted.
func (w *World) everything(ctx context.Context) ([]string, error) {
	kinds := slices.DeleteFunc(w.objects.Kinds(), func(k objects.Kind) bool { return !k.Namespaced || !shown(k) })
	found := make([][]string, len(kinds))
	group, ctx := errgroup.WithContext(ctx)
	for i, kind := range kinds {
		group.Go(func() error {
			list, err := w.objects.ResourceOf(kind.GVR(), w.Namespace).List(ctx, metav1.ListOptions{})
			if err != nil {
				return fmt.Errorf("listing %s: %w", kind.Resource, err)
			}
			for _, object := range list.Items {
				found[i] = append(found[i], kind.Kind+"/"+object.GetName())
			}
			return nil
		})
	}
	err := group.Wait()
	return slices.Sorted(slices.Values(slices.Concat(found...))), err
}

// shown tells whether a release can leave such objects behind where a reader would see them:
// events and leases tell of the past, and every namespace has a ConfigMap and an account of
// its own. Helm's own records are looked at apart.
func shown(k objects.Kind) bool {
	switch k.Kind {
	case "Event", "Lease", "ConfigMap", "Secret", "ServiceAccount", "PodMetrics":
		return false
	}
	return true
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
