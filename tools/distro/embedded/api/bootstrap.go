package api

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/client-go/kubernetes"
)

// bootstrapHook is the name under which /readyz reports [bootstrap].
const bootstrapHook = "seatrial/bootstrap"

// bootstrap creates what every cluster has before anybody has asked for anything.
func bootstrap(hook genericapiserver.PostStartHookContext) error {
	client, err := kubernetes.NewForConfig(hook.LoopbackClientConfig)
	if err != nil {
		return fmt.Errorf("making a client for the first objects: %w", err)
	}
	if err := createNamespaces(hook, client); err != nil {
		return err
	}
	if err := createRoles(hook, client); err != nil {
		return err
	}
	if err := createPriorityClasses(hook, client); err != nil {
		return err
	}
	return createService(hook, client)
}

// createNamespaces creates those that the next objects live in; the server's own
// controller of system namespaces adds the others.
func createNamespaces(ctx context.Context, client kubernetes.Interface) error {
	for _, name := range []string{metav1.NamespaceDefault, metav1.NamespaceSystem, metav1.NamespacePublic} {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
		if err := create(ctx, client.CoreV1().Namespaces(), namespace); err != nil {
			return fmt.Errorf("creating the namespace %q: %w", name, err)
		}
	}
	return nil
}
