// Package pods carries out what package lifecycle decides: it watches the pods of simulated nodes, writes their
// status, sends their events and removes those that have ended.
//
// There is one queue for all of them. A pod that has to be looked at later is put back with a delay, so that
// a thousand waiting pods cost no goroutine.
package pods

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"

	"seatrial/tools/distro/simulate/address"
	"seatrial/tools/distro/simulate/lifecycle"
	"seatrial/tools/distro/simulate/rules"
)

const (
	// workers is how many pods have a turn at the same time; most of that is waiting for the server.
	workers = 8
	// firstRetry and lastRetry are the pauses after a write that did not succeed, mostly because the pod had changed.
	firstRetry = 5 * time.Millisecond
	lastRetry  = 5 * time.Second
)

// Options is what a controller works with.
type Options struct {
	// Client writes.
	Client kubernetes.Interface
	// Pods knows the pods that are on a node.
	Pods listers.PodLister
	// References tells what pods refer to.
	References References
	// Nodes are the names of the simulated nodes and their addresses.
	Nodes map[string]string
	// Addresses are those of pods.
	Addresses *address.Pool
	// Rules are the present ones.
	Rules func() *rules.Rules
	// Emit sends an event about a pod.
	Emit func(pod *corev1.Pod, event lifecycle.Event)
	// Now is the time.
	Now func() time.Time
	// Log is told what goes wrong.
	Log *slog.Logger
}

// References tells whether a ConfigMap or Secret exists and which keys it has.
type References interface {
	Keys(ctx context.Context, object lifecycle.Object) (keys map[string]struct{}, found bool, err error)
}

// Controller moves pods on.
type Controller struct {
	Options
	queue workqueue.TypedRateLimitingInterface[cache.ObjectName]
	quota quota

	mu       sync.Mutex
	memories map[types.UID]lifecycle.Memory
	// lacking are the pods that wait for a ConfigMap or Secret.
	lacking map[cache.ObjectName]struct{}
}

// NewController makes a controller; nothing happens before Run.
func NewController(o Options) *Controller {
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[cache.ObjectName](firstRetry, lastRetry)
	return &Controller{
		Options:  o,
		queue:    workqueue.NewTypedRateLimitingQueue(limiter),
		quota:    quota{taken: map[string]map[types.UID]struct{}{}},
		memories: map[types.UID]lifecycle.Memory{},
		lacking:  map[cache.ObjectName]struct{}{},
	}
}

// Run looks at pods until ctx ends.
func (c *Controller) Run(ctx context.Context) {
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for c.next(ctx) {
			}
		})
	}
	<-ctx.Done()
	c.queue.ShutDown()
	all.Wait()
}

func (c *Controller) next(ctx context.Context) bool {
	name, shutdown := c.queue.Get()
	if shutdown {
		return false
	}
	defer c.queue.Done(name)
	err := c.sync(ctx, name)
	switch {
	case err == nil:
		c.queue.Forget(name)
	case ctx.Err() != nil:
	default:
		// The pod has changed since it was read, or something is wrong with the server; both end by trying again.
		if !apierrors.IsConflict(err) {
			c.Log.WarnContext(ctx, "moving a pod on", "pod", name.String(), "error", err)
		}
		c.queue.AddRateLimited(name)
	}
	return true
}

// sync looks at one pod once.
func (c *Controller) sync(ctx context.Context, name cache.ObjectName) error {
	pod, err := c.Pods.Pods(name.Namespace).Get(name.Name)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	host, ours := c.Nodes[pod.Spec.NodeName]
	if !ours || over(pod) && pod.DeletionTimestamp == nil {
		return nil
	}
	in, err := c.input(ctx, pod, host)
	if err != nil {
		return err
	}
	out := lifecycle.Next(in)
	if err := c.write(ctx, pod, out.Status); err != nil {
		return c.unlessGone(pod, err)
	}
	c.remember(name, pod.UID, out.Memory, in.Missing.Any())
	for _, event := range out.Events {
		c.Emit(pod, event)
	}
	if out.Remove {
		return c.unlessGone(pod, c.remove(ctx, pod))
	}
	if out.Again > 0 {
		c.queue.AddAfter(name, out.Again)
	}
	return nil
}

// input collects what the decision depends on.
func (c *Controller) input(ctx context.Context, pod *corev1.Pod, host string) (lifecycle.Input, error) {
	in := lifecycle.Input{Pod: pod, HostIP: host, Memory: c.memory(pod.UID), Now: c.Now()}
	if pod.DeletionTimestamp != nil {
		return in, nil
	}
	in.Rules = c.rulesFor(pod)
	if pod.Status.PodIP == "" && !pod.Spec.HostNetwork {
		podIP, err := c.Addresses.Get(string(pod.UID))
		if err != nil && !errors.Is(err, address.ErrUsedUp) {
			return in, err
		}
		in.PodIP = podIP
	}
	if allRun(pod) {
		return in, nil
	}
	var failed error
	in.Missing = lifecycle.FindMissing(pod, func(o lifecycle.Object) (map[string]struct{}, bool) {
		keys, found, err := c.References.Keys(ctx, o)
		failed = errors.Join(failed, err)
		return keys, found
	})
	return in, failed
}

// write is one request, and none if nothing has changed. It carries the version that was read: a pod that has
// changed meanwhile is looked at again, so that no step is done twice.
func (c *Controller) write(ctx context.Context, pod *corev1.Pod, status corev1.PodStatus) error {
	if apiequality.Semantic.DeepEqual(pod.Status, status) {
		return nil
	}
	// Only the status is sent to be changed; the rest is shared with the cache and not touched.
	changed := *pod
	changed.Status = status
	_, err := c.Client.CoreV1().Pods(pod.Namespace).UpdateStatus(ctx, &changed, metav1.UpdateOptions{})
	if err != nil {
		return fmt.Errorf("writing the status of pod %q: %w", pod.Namespace+"/"+pod.Name, err)
	}
	return nil
}

// remove tells the server that nothing of the pod runs any more. Finalizers still hold it.
func (c *Controller) remove(ctx context.Context, pod *corev1.Pod) error {
	if grace := pod.DeletionGracePeriodSeconds; grace != nil && *grace == 0 {
		return nil
	}
	options := *metav1.NewDeleteOptions(0)
	options.Preconditions = metav1.NewUIDPreconditions(string(pod.UID))
	if err := c.Client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, options); err != nil {
		return fmt.Errorf("removing pod %q: %w", pod.Namespace+"/"+pod.Name, err)
	}
	return nil
}

// unlessGone forgets a pod that does not exist any more; that is no failure.
func (c *Controller) unlessGone(pod *corev1.Pod, err error) error {
	if apierrors.IsNotFound(err) {
		c.forget(pod)
		return nil
	}
	if apierrors.IsConflict(err) {
		// Another pod of the same name may be there by now, as with StatefulSets.
		if live, lost := c.Pods.Pods(pod.Namespace).Get(pod.Name); lost != nil || live.UID != pod.UID {
			c.forget(pod)
		}
	}
	return err
}

func over(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

// allRun tells whether no container has to be started any more, so that references do not matter.
func allRun(pod *corev1.Pod) bool {
	if len(pod.Status.ContainerStatuses) < len(pod.Spec.Containers) {
		return false
	}
	for _, st := range pod.Status.ContainerStatuses {
		if st.State.Running == nil {
			return false
		}
	}
	return true
}

// Pod finds one of the pods.
func (c *Controller) Pod(namespace, name string) (*corev1.Pod, error) {
	return c.Pods.Pods(namespace).Get(name)
}

// LookAtAll looks at every pod again, since rules have changed.
func (c *Controller) LookAtAll() {
	all, err := c.Pods.List(labels.Everything())
	if err != nil {
		// A cache cannot fail to list what it has.
		return
	}
	for _, pod := range all {
		c.add(pod)
	}
}

func (c *Controller) add(pod *corev1.Pod) {
	if _, ours := c.Nodes[pod.Spec.NodeName]; ours {
		c.queue.Add(cache.MetaObjectToName(pod))
	}
}
