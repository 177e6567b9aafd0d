package balancer

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
)

// decision is what is to be done about one object.
type decision int

const (
	leave decision = iota
	give
	takeAway
)

// decide compares what an object has with what it should have. Addresses of others are left alone.
func decide(wanted bool, has []string, ours func(string) bool) decision {
	switch {
	case wanted && len(has) == 0:
		return give
	case !wanted && len(has) == 1 && ours(has[0]):
		return takeAway
	}
	return leave
}

func (c *Controller) service(ctx context.Context, name cache.ObjectName) error {
	s, err := c.services.Services(name.Namespace).Get(name.Name)
	if err != nil {
		return err
	}
	var has []string
	for _, at := range s.Status.LoadBalancer.Ingress {
		has = append(has, at.IP+at.Hostname)
	}
	// A Service with a class belongs to the load balancer of that class.
	wanted := c.enabled.Load() && s.Spec.Type == corev1.ServiceTypeLoadBalancer && s.Spec.LoadBalancerClass == nil && s.DeletionTimestamp == nil
	changed := s.DeepCopy()
	changed.Status.LoadBalancer.Ingress = nil
	what := decide(wanted, has, c.pool.Has)
	if what == give {
		at, ok := c.address(s, s.UID)
		if !ok {
			return nil
		}
		changed.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: at, IPMode: new(corev1.LoadBalancerIPModeVIP)}}
	}
	if what == leave {
		return nil
	}
	if _, err := c.client.CoreV1().Services(s.Namespace).UpdateStatus(ctx, changed, metav1.UpdateOptions{}); err != nil {
		return err
	}
	c.report(s, s.UID, what)
	return nil
}

func (c *Controller) ingress(ctx context.Context, name cache.ObjectName) error {
	i, err := c.ingresses.Ingresses(name.Namespace).Get(name.Name)
	if err != nil {
		return err
	}
	var has []string
	for _, at := range i.Status.LoadBalancer.Ingress {
		has = append(has, at.IP+at.Hostname)
	}
	changed := i.DeepCopy()
	changed.Status.LoadBalancer.Ingress = nil
	what := decide(c.enabled.Load() && i.DeletionTimestamp == nil, has, c.pool.Has)
	if what == give {
		at, ok := c.address(i, i.UID)
		if !ok {
			return nil
		}
		changed.Status.LoadBalancer.Ingress = []networkingv1.IngressLoadBalancerIngress{{IP: at}}
	}
	if what == leave {
		return nil
	}
	if _, err := c.client.NetworkingV1().Ingresses(i.Namespace).UpdateStatus(ctx, changed, metav1.UpdateOptions{}); err != nil {
		return err
	}
	c.report(i, i.UID, what)
	return nil
}

// address is false if there is none left; the object is looked at again when it changes.
func (c *Controller) address(about runtime.Object, owner types.UID) (string, bool) {
	at, err := c.pool.Get(string(owner))
	if err != nil {
		c.emit(about, corev1.EventTypeWarning, "SyncLoadBalancerFailed", "Error syncing load balancer: "+err.Error())
		return "", false
	}
	return at, true
}

func (c *Controller) report(about runtime.Object, owner types.UID, what decision) {
	if what == takeAway {
		c.pool.Release(string(owner))
		c.emit(about, corev1.EventTypeNormal, "DeletedLoadBalancer", "Deleted load balancer")
		return
	}
	c.emit(about, corev1.EventTypeNormal, "EnsuredLoadBalancer", "Ensured load balancer")
}
