// Package balancer gives addresses to Services of type LoadBalancer and to Ingresses, if the rules want that.
package balancer

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"

	"seatrial/tools/distro/simulate/address"
)

const (
	firstRetry = 5 * time.Millisecond
	lastRetry  = 5 * time.Second
)

// item is a Service or an Ingress.
type item struct {
	ingress bool
	name    cache.ObjectName
}

// Controller gives out addresses. It watches nothing before it is enabled for the first time, since most
// clusters have no load balancer.
type Controller struct {
	client    kubernetes.Interface
	pool      *address.Pool
	emit      func(about runtime.Object, kind, reason, message string)
	log       *slog.Logger
	factory   informers.SharedInformerFactory
	services  corelisters.ServiceLister
	ingresses networkinglisters.IngressLister
	queue     workqueue.TypedRateLimitingInterface[item]
	enabled   atomic.Bool
	changed   chan struct{}
}

// NewController makes a controller; nothing happens before Run.
func NewController(client kubernetes.Interface, pool *address.Pool, emit func(about runtime.Object, kind, reason, message string), log *slog.Logger) *Controller {
	return &Controller{
		client: client, pool: pool, emit: emit, log: log,
		queue:   workqueue.NewTypedRateLimitingQueue(workqueue.NewTypedItemExponentialFailureRateLimiter[item](firstRetry, lastRetry)),
		changed: make(chan struct{}, 1),
	}
}

// Enable turns the load balancer on or off. Off takes addresses away again.
func (c *Controller) Enable(on bool) { //nolint:revive // That is the setting itself.
	if c.enabled.Swap(on) == on {
		return
	}
	select {
	case c.changed <- struct{}{}:
	default:
		// It has not yet noticed the change before this one.
	}
}

// Run gives out addresses until ctx ends.
func (c *Controller) Run(ctx context.Context) {
	for !c.enabled.Load() {
		select {
		case <-ctx.Done():
			c.queue.ShutDown()
			return
		case <-c.changed:
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := c.watch(ctx); err != nil {
		c.log.ErrorContext(ctx, "there is no load balancer", "error", err)
		return
	}
	var worker sync.WaitGroup
	worker.Go(func() {
		for c.next(ctx) {
		}
	})
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-c.changed:
			c.all()
		}
	}
	c.queue.ShutDown()
	worker.Wait()
	c.factory.Shutdown()
}

func (c *Controller) watch(ctx context.Context) error {
	c.factory = informers.NewSharedInformerFactory(c.client, 0)
	services, ingresses := c.factory.Core().V1().Services(), c.factory.Networking().V1().Ingresses()
	c.services, c.ingresses = services.Lister(), ingresses.Lister()
	var seen []cache.DoneChecker
	for _, informer := range []cache.SharedIndexInformer{services.Informer(), ingresses.Informer()} {
		registration, err := informer.AddEventHandlerWithOptions(c.events(), cache.HandlerOptions{})
		if err != nil {
			return fmt.Errorf("watching Services and Ingresses: %w", err)
		}
		seen = append(seen, registration.HasSyncedChecker())
	}
	c.factory.StartWithContext(ctx)
	// Addresses that were given out earlier have to be known before new ones are.
	cache.WaitFor(ctx, "", seen...)
	return nil
}

func (c *Controller) events() cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    c.seen,
		UpdateFunc: func(_, o any) { c.seen(o) },
		DeleteFunc: func(o any) {
			if unseen, ok := o.(cache.DeletedFinalStateUnknown); ok {
				o = unseen.Obj
			}
			if object, ok := o.(metav1.Object); ok {
				c.pool.Release(string(object.GetUID()))
			}
		},
	}
}

func (c *Controller) seen(o any) {
	switch object := o.(type) {
	case *corev1.Service:
		for _, at := range object.Status.LoadBalancer.Ingress {
			c.pool.Keep(string(object.UID), at.IP)
		}
		c.queue.Add(item{name: cache.MetaObjectToName(object)})
	case *networkingv1.Ingress:
		for _, at := range object.Status.LoadBalancer.Ingress {
			c.pool.Keep(string(object.UID), at.IP)
		}
		c.queue.Add(item{ingress: true, name: cache.MetaObjectToName(object)})
	}
}

// all looks at everything again, since the load balancer was turned on or off.
func (c *Controller) all() {
	services, err := c.services.List(labels.Everything())
	for _, s := range services {
		c.queue.Add(item{name: cache.MetaObjectToName(s)})
	}
	ingresses, err2 := c.ingresses.List(labels.Everything())
	for _, i := range ingresses {
		c.queue.Add(item{ingress: true, name: cache.MetaObjectToName(i)})
	}
	// A cache cannot fail to list what it has.
	_, _ = err, err2
}

func (c *Controller) next(ctx context.Context) bool {
	it, shutdown := c.queue.Get()
	if shutdown {
		return false
	}
	defer c.queue.Done(it)
	var err error
	if it.ingress {
		err = c.ingress(ctx, it.name)
	} else {
		err = c.service(ctx, it.name)
	}
	if err == nil || apierrors.IsNotFound(err) {
		c.queue.Forget(it)
		return true
	}
	if !apierrors.IsConflict(err) && ctx.Err() == nil {
		c.log.WarnContext(ctx, "giving out an address", "object", it.name.String(), "error", err)
	}
	c.queue.AddRateLimited(it)
	return true
}
