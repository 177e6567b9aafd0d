package main

import (
	"context"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// deploy brings a Deployment of two as far as this plane can bring it.
func (p *plane) deploy(ctx context.Context, kube kubernetes.Interface, namespace string) error {
	replicas, labels := int32(2), map[string]string{"app": "bench"}
	wanted := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "bench"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "bench", Image: "bench"}}},
			},
		},
	}
	made := false
	return ask(ctx, func() bool {
		if !made {
			_, err := kube.AppsV1().Deployments(namespace).Create(ctx, wanted, metav1.CreateOptions{})
			made = err == nil
			return false
		}
		deployment, err := kube.AppsV1().Deployments(namespace).Get(ctx, "bench", metav1.GetOptions{})
		if err != nil {
			return false
		}
		pods, err := kube.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
		return err == nil && p.enough(deployment, pods.Items)
	})
}

// deletion is how long a namespace with a Deployment takes to be gone once it is deleted.
func (p *plane) deletion(ctx context.Context, kube kubernetes.Interface) (time.Duration, error) {
	const name = "bench-namespace"
	namespaces := kube.CoreV1().Namespaces()
	if _, err := namespaces.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{}); err != nil {
		return 0, err
	}
	if err := p.deploy(ctx, kube, name); err != nil {
		return 0, err
	}
	begun := time.Now()
	if err := namespaces.Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
		return 0, err
	}
	err := ask(ctx, func() bool {
		_, err := namespaces.Get(ctx, name, metav1.GetOptions{})
		return apierrors.IsNotFound(err)
	})
	return time.Since(begun), err
}
