package simulate

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/informers"
	informerscorev1 "k8s.io/client-go/informers/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"seatrial/tools/distro/simulate/pods"
	"seatrial/tools/distro/simulate/rules"
)

// caches watch what simulated nodes have to know.
type caches struct {
	factories  []informers.SharedInformerFactory
	pods       informerscorev1.PodInformer
	configMaps informerscorev1.ConfigMapInformer
	secrets    informerscorev1.SecretInformer
}

func newCaches(client kubernetes.Interface) *caches {
	scheduled := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithTweakListOptions(func(o *metav1.ListOptions) {
		o.FieldSelector = fields.OneTermNotEqualSelector("spec.nodeName", "").String()
	}))
	others := informers.NewSharedInformerFactory(client, 0)
	return &caches{
		factories:  []informers.SharedInformerFactory{scheduled, others},
		pods:       scheduled.Core().V1().Pods(),
		configMaps: others.Core().V1().ConfigMaps(),
		secrets:    others.Core().V1().Secrets(),
	}
}

// start begins to watch. What it returns waits until everything that exists has been seen.
func (c *caches) start(ctx context.Context, controller *pods.Controller, b *book) (synced func(context.Context) bool, err error) {
	var seen []cache.DoneChecker
	for _, of := range []struct {
		informer  cache.SharedIndexInformer
		transform cache.TransformFunc
		handlers  []cache.ResourceEventHandler
	}{
		{c.pods.Informer(), withoutManagedFields, []cache.ResourceEventHandler{controller.PodEvents()}},
		{c.configMaps.Informer(), onlyKeysOfConfigMap, []cache.ResourceEventHandler{b.events(), controller.ReferenceEvents()}},
		{c.secrets.Informer(), onlyKeysOfSecret, []cache.ResourceEventHandler{controller.ReferenceEvents()}},
	} {
		if err := of.informer.SetTransform(of.transform); err != nil {
			return nil, fmt.Errorf("preparing a cache: %w", err)
		}
		for _, handler := range of.handlers {
			registration, err := of.informer.AddEventHandlerWithOptions(handler, cache.HandlerOptions{})
			if err != nil {
				return nil, fmt.Errorf("preparing a cache: %w", err)
			}
			seen = append(seen, registration.HasSyncedChecker())
		}
	}
	for _, factory := range c.factories {
		factory.StartWithContext(ctx)
	}
	// Polling as cache.WaitForCacheSync does would cost 100 ms of every start.
	return func(ctx context.Context) bool { return cache.WaitFor(ctx, "", seen...) }, nil
}

// stop waits for the watches, whose context must have ended.
func (c *caches) stop() {
	for _, factory := range c.factories {
		factory.Shutdown()
	}
}

func withoutManagedFields(o any) (any, error) {
	if object, ok := o.(metav1.Object); ok {
		object.SetManagedFields(nil)
	}
	return o, nil
}

// onlyKeysOfConfigMap drops values, which nobody here reads but for those of the rules.
func onlyKeysOfConfigMap(o any) (any, error) {
	c, ok := o.(*corev1.ConfigMap)
	if !ok || c.Namespace == rules.Namespace && c.Name == rules.ConfigMap {
		return o, nil
	}
	c.ManagedFields, c.Annotations = nil, nil
	for key := range c.Data {
		c.Data[key] = ""
	}
	for key := range c.BinaryData {
		c.BinaryData[key] = nil
	}
	return c, nil
}

// onlyKeysOfSecret drops values: Helm keeps whole releases in Secrets.
func onlyKeysOfSecret(o any) (any, error) {
	s, ok := o.(*corev1.Secret)
	if !ok {
		return o, nil
	}
	s.ManagedFields, s.Annotations = nil, nil
	for key := range s.Data {
		s.Data[key] = nil
	}
	return s, nil
}
