package controllers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/cmd/kube-controller-manager/app"
	"k8s.io/kubernetes/pkg/controller/namespace/deletion"
)

const (
	// settled is the time in which what was being created when a namespace was deleted gets
	// into the store, so that it is removed as well. Upstream waits for 5 s, until other
	// servers and other members of etcd know of the deletion: here there are none.
	settled = 100 * time.Millisecond
	// firstLook and lastLook are the pauses between two looks at what is left. Upstream waits
	// for half of the longest grace period of the pods, 16 s with the default; simulated
	// pods go at once.
	firstLook = 20 * time.Millisecond
	lastLook  = 5 * time.Second
)

// namespaces is the namespace controller: the deleter is upstream's, and so is what it does
// and says in the namespace's status; only when it is called is ours. Measured: an empty
// namespace is gone after 0.25 s instead of 5.2, one with three pods after 0.6 instead of 10.
type namespaces struct {
	queue   workqueue.TypedRateLimitingInterface[string]
	deleter deletion.NamespacedResourcesDeleterInterface
	workers int
}

// newNamespaces builds the controller. It asks which kinds of objects there are.
func newNamespaces(ctx context.Context, c app.ControllerContext) (*namespaces, error) {
	config, err := c.ClientBuilder.Config("namespace-controller")
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	contents, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	n := &namespaces{
		queue: workqueue.NewTypedRateLimitingQueue(workqueue.NewTypedItemExponentialFailureRateLimiter[string](firstLook, lastLook)),
		deleter: deletion.NewNamespacedResourcesDeleter(ctx, client.CoreV1().Namespaces(), contents, client.CoreV1(),
			client.Discovery().ServerPreferredNamespacedResources, corev1.FinalizerKubernetes),
		workers: int(c.ComponentConfig.NamespaceController.ConcurrentNamespaceSyncs),
	}
	_, err = c.InformerFactory.Core().V1().Namespaces().Informer().AddEventHandlerWithResyncPeriod(cache.ResourceEventHandlerFuncs{
		AddFunc:    n.seen,
		UpdateFunc: func(_, object any) { n.seen(object) },
	}, c.ComponentConfig.NamespaceController.NamespaceSyncPeriod.Duration)
	if err != nil {
		return nil, fmt.Errorf("watching namespaces: %w", err)
	}
	return n, nil
}

// seen queues a namespace that is being deleted.
func (n *namespaces) seen(object any) {
	if namespace, is := object.(*corev1.Namespace); is && namespace.DeletionTimestamp != nil {
		n.queue.AddAfter(namespace.Name, settled)
	}
}

// run empties and removes namespaces until ctx ends.
func (n *namespaces) run(ctx context.Context) {
	var working sync.WaitGroup
	for range n.workers {
		working.Go(func() {
			for n.next(ctx) {
			}
		})
	}
	<-ctx.Done()
	n.queue.ShutDown()
	working.Wait()
}

func (n *namespaces) next(ctx context.Context) bool {
	name, over := n.queue.Get()
	if over {
		return false
	}
	defer n.queue.Done(name)
	err := n.deleter.Delete(ctx, name)
	if err == nil {
		n.queue.Forget(name)
		return true
	}
	// What is left goes soon; that somebody else has changed the namespace is no error, either.
	if remaining := (*deletion.ResourcesRemainingError)(nil); !errors.As(err, &remaining) && !apierrors.IsConflict(err) && ctx.Err() == nil {
		klog.FromContext(ctx).Error(err, "Deleting a namespace", "namespace", name)
	}
	n.queue.AddRateLimited(name)
	return true
}
