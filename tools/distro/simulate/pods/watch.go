package pods

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"

	"seatrial/tools/distro/simulate/lifecycle"
	"seatrial/tools/distro/simulate/rules"
)

// PodEvents is to be told of every change of a pod.
func (c *Controller) PodEvents() cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{
		AddFunc: func(o any) {
			if pod, ok := o.(*corev1.Pod); ok {
				c.keepAddress(pod)
				c.add(pod)
			}
		},
		UpdateFunc: func(_, o any) {
			if pod, ok := o.(*corev1.Pod); ok {
				c.keepAddress(pod)
				c.add(pod)
			}
		},
		DeleteFunc: func(o any) {
			if unseen, ok := o.(cache.DeletedFinalStateUnknown); ok {
				o = unseen.Obj
			}
			if pod, ok := o.(*corev1.Pod); ok {
				c.forget(pod)
			}
		},
	}
}

// ReferenceEvents is to be told of every change of a ConfigMap or Secret.
func (c *Controller) ReferenceEvents() cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    c.referenceChanged,
		UpdateFunc: func(_, o any) { c.referenceChanged(o) },
	}
}

func (c *Controller) referenceChanged(o any) {
	object, ok := o.(metav1.Object)
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for name := range c.lacking {
		if name.Namespace == object.GetNamespace() {
			c.queue.Add(name)
		}
	}
}

// keepAddress notes the address of a pod from before this program was started.
func (c *Controller) keepAddress(pod *corev1.Pod) {
	if pod.Status.PodIP != "" && !pod.Spec.HostNetwork {
		c.Addresses.Keep(string(pod.UID), pod.Status.PodIP)
	}
}

func (c *Controller) memory(uid types.UID) lifecycle.Memory {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.memories[uid]
}

func (c *Controller) remember(name cache.ObjectName, uid types.UID, m lifecycle.Memory, lacks bool) { //nolint:revive // Whether it lacks something is a state, no mode.
	c.mu.Lock()
	defer c.mu.Unlock()
	c.memories[uid] = m
	if lacks {
		c.lacking[name] = struct{}{}
		return
	}
	delete(c.lacking, name)
}

// forget gives back what a pod had.
func (c *Controller) forget(pod *corev1.Pod) {
	c.Addresses.Release(string(pod.UID))
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.memories, pod.UID)
	delete(c.lacking, cache.MetaObjectToName(pod))
}

// rulesFor has the rule of each container, but those that have been used up.
func (c *Controller) rulesFor(pod *corev1.Pod) map[string]*rules.Rule {
	found := map[string]*rules.Rule{}
	all := c.Rules()
	for _, container := range rules.Containers(pod) {
		if rule := all.For(pod, container); rule != nil && c.strikes(rule, pod) {
			found[container.Name] = rule
		}
	}
	return found
}

// strikes tells whether a rule that is for a number of pods is for this one.
func (c *Controller) strikes(rule *rules.Rule, pod *corev1.Pod) bool {
	switch {
	case rule.Times == 0:
		return true
	case rule.Is(rules.Evicted):
		return c.quota.take(rule.ID(), pod.UID, rule.Times)
	case rule.Is(rules.CrashLoop) && pod.Spec.RestartPolicy == corev1.RestartPolicyNever:
		// It is not the container that is started again, but another pod of the same Job.
		owner := pod.UID
		if controller := metav1.GetControllerOf(pod); controller != nil {
			owner = controller.UID
		}
		return c.quota.take(rule.ID()+string(owner), pod.UID, rule.Times)
	}
	return true
}
