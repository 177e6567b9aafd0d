package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/regression"
	"seatrial/e2e/framework/runid"
	"seatrial/e2e/framework/wait"
)

// bareRelease is what somebody does who only installs, upgrades and rolls back, and waits each time: with the same clients
// of Helm and of the API server, made once, and the same wait.
type bareRelease struct {
	client    *helm.Client
	api       *objects.Client
	namespace string
	before    []*unstructured.Unstructured
}

// bare is how long the operations take with waiting, and without any proof.
func bare(ctx context.Context, on framework.Handle, revisions []regression.Revision) (time.Duration, error) {
	start := time.Now()
	kube, err := cluster.Connect(on.Kubeconfig)
	if err != nil {
		return 0, err
	}
	defer kube.Close()
	made, err := kube.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		GenerateName: "bare-", Labels: map[string]string{cluster.RunLabel: runid.Current().String()},
	}}, metav1.CreateOptions{})
	if err != nil {
		return 0, fmt.Errorf("making a namespace: %w", err)
	}
	r := bareRelease{namespace: made.Name}
	config, err := cluster.LoadRESTConfig(on.Kubeconfig)
	if err != nil {
		return 0, err
	}
	if r.api, err = objects.Connect(ctx, config); err != nil {
		return 0, err
	}
	defer r.api.Close()
	if r.client, err = helm.New(helm.Options{Kubeconfig: on.Kubeconfig, Namespace: made.Name}); err != nil {
		return 0, err
	}
	const name = "guestbook"
	for _, operate := range []func() (*helm.Release, error){
		func() (*helm.Release, error) {
			return r.client.Install(ctx, name, revisions[0].Chart, revisions[0].Values)
		},
		func() (*helm.Release, error) {
			return r.client.Upgrade(ctx, name, revisions[1].Chart, revisions[1].Values)
		},
		func() (*helm.Release, error) { return r.client.Rollback(ctx, name, 1) },
	} {
		release, err := operate()
		if err != nil {
			return 0, err
		}
		if err := r.settle(ctx, release); err != nil {
			return 0, err
		}
	}
	took := time.Since(start)
	if err := r.client.Uninstall(ctx, name); err != nil {
		return 0, err
	}
	return took, wait.ReadyWith(ctx, r.api, wait.Request{Namespace: r.namespace, Gone: r.before, Timeout: chartTimeout})
}

func (r *bareRelease) settle(ctx context.Context, release *helm.Release) error {
	now, err := release.Objects()
	if err != nil {
		return err
	}
	gone := slices.DeleteFunc(slices.Clone(r.before), func(u *unstructured.Unstructured) bool {
		return slices.ContainsFunc(now, func(other *unstructured.Unstructured) bool { return objects.RefOf(other) == objects.RefOf(u) })
	})
	r.before = now
	return wait.ReadyWith(ctx, r.api, wait.Request{Namespace: r.namespace, Objects: now, Gone: gone, Timeout: chartTimeout})
}
