package api

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	rbacclient "k8s.io/client-go/kubernetes/typed/rbac/v1"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy"
)

// createRoles does what the hook "rbac/bootstrap-roles" of Kubernetes does, on an empty
// store. The hook sleeps for a second before its first try, and so does the one of the
// priority classes: without both, the control plane is ready 1.3 s earlier. What the hook
// does beyond creating is for upgrades, which a data folder is never taken through.
func createRoles(ctx context.Context, client kubernetes.Interface) error {
	rbac := client.RbacV1()
	tasks := &creations{}
	for _, role := range append(bootstrappolicy.ClusterRoles(), bootstrappolicy.ControllerRoles()...) {
		tasks.add(func() error { return create(ctx, rbac.ClusterRoles(), &role) })
	}
	for _, binding := range append(bootstrappolicy.ClusterRoleBindings(), bootstrappolicy.ControllerRoleBindings()...) {
		tasks.add(func() error { return create(ctx, rbac.ClusterRoleBindings(), &binding) })
	}
	addNamespaced(ctx, rbac, tasks)
	if err := tasks.run(); err != nil {
		return fmt.Errorf("creating the default roles: %w", err)
	}
	return nil
}

func addNamespaced(ctx context.Context, rbac rbacclient.RbacV1Interface, tasks *creations) {
	for namespace, roles := range bootstrappolicy.NamespaceRoles() {
		for _, role := range roles {
			tasks.add(func() error { return create(ctx, rbac.Roles(namespace), &role) })
		}
	}
	for namespace, bindings := range bootstrappolicy.NamespaceRoleBindings() {
		for _, binding := range bindings {
			tasks.add(func() error { return create(ctx, rbac.RoleBindings(namespace), &binding) })
		}
	}
}

// creator is the client of any kind of object.
type creator[T any] interface {
	Create(ctx context.Context, object T, options metav1.CreateOptions) (T, error)
}

// create is content with what is there already.
func create[T any](ctx context.Context, client creator[T], object T) error {
	if _, err := client.Create(ctx, object, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	return nil
}

// atOnce is how many objects are created at the same time: the store works on one while
// the server prepares the next ones.
const atOnce = 8

// creations are run a few at a time.
type creations struct{ tasks []func() error }

func (c *creations) add(task func() error) { c.tasks = append(c.tasks, task) }

func (c *creations) run() error {
	queue := make(chan func() error)
	results := make(chan error)
	for range atOnce {
		go func() {
			var failed error
			for task := range queue {
				failed = errors.Join(failed, task())
			}
			results <- failed
		}()
	}
	for _, task := range c.tasks {
		queue <- task
	}
	close(queue)
	var failed error
	for range atOnce {
		failed = errors.Join(failed, <-results)
	}
	return failed
}
