package kind

import (
	"fmt"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	defaultClass = "storageclass.kubernetes.io/is-default-class"
	coreDNS      = "coredns"
)

// system reports whether a namespace is one that comes with a cluster of kind.
func system(namespace string) bool {
	return namespace == metav1.NamespaceSystem || namespace == "local-path-storage"
}

// wanted is what a cluster must show to count as ready.
type wanted struct {
	nodes []string
	// since is when the nodes were started, if they had been stopped. Only what
	// happened after that counts: the cluster remembers a health that it may not
	// have any more.
	since time.Time
}

// findings is what a look at a cluster brought.
type findings struct {
	missing        []string
	defaultStorage bool
}

func (f *findings) lack(format string, args ...any) {
	f.missing = append(f.missing, fmt.Sprintf(format, args...))
}

// all compares the whole cluster with what is wanted.
func (w wanted) all(v *view) findings {
	f := w.base(v)
	if len(typed[*corev1.ServiceAccount](v.accounts)) == 0 {
		f.lack("the default service account")
	}
	v.lookAtDeployments(&f)
	v.lookAtPods(&f, w.since, "ReplicaSet")
	f.defaultStorage = slices.ContainsFunc(typed[*storagev1.StorageClass](v.classes), func(c *storagev1.StorageClass) bool {
		return c.Annotations[defaultClass] == "true"
	})
	return f
}

// base looks at the nodes and at what runs on each of them, above all the
// network that everything else needs.
func (w wanted) base(v *view) findings {
	var f findings
	v.lookAtNodes(&f, w)
	v.lookAtDaemonSets(&f)
	v.lookAtPods(&f, w.since, "DaemonSet")
	return f
}

func (v *view) lookAtNodes(f *findings, want wanted) {
	there := map[string]*corev1.Node{}
	for _, n := range typed[*corev1.Node](v.nodes) {
		there[n.Name] = n
	}
	for _, name := range want.nodes {
		n, ok := there[name]
		if !ok {
			f.lack("node %s to join", name)
			continue
		}
		if reason := notReady(n, want.since); reason != "" {
			f.lack("node %s (%s)", name, reason)
		}
	}
}

// notReady is empty for a node that works.
func notReady(n *corev1.Node, since time.Time) string {
	for _, condition := range n.Status.Conditions {
		if condition.Type != corev1.NodeReady {
			continue
		}
		switch {
		case condition.Status != corev1.ConditionTrue:
			return condition.Reason + ": " + condition.Message
		case condition.LastHeartbeatTime.Time.Before(since.Truncate(time.Second)):
			return "has not reported since its start"
		}
		return ""
	}
	return "has not reported yet"
}

func (v *view) lookAtDaemonSets(f *findings) {
	for _, set := range typed[*appsv1.DaemonSet](v.daemonSets) {
		status := set.Status
		if system(set.Namespace) && (status.ObservedGeneration < set.Generation || status.NumberAvailable < status.DesiredNumberScheduled) {
			f.lack("daemon set %s/%s (%d of %d available)",
				set.Namespace, set.Name, status.NumberAvailable, status.DesiredNumberScheduled)
		}
	}
}

func (v *view) lookAtDeployments(f *findings) {
	dns := false
	for _, d := range typed[*appsv1.Deployment](v.deployments) {
		if !system(d.Namespace) {
			continue
		}
		dns = dns || d.Name == coreDNS
		if !available(d) {
			f.lack("deployment %s/%s (%d of %d available)", d.Namespace, d.Name, d.Status.AvailableReplicas, d.Status.Replicas)
		}
	}
	if !dns {
		f.lack("deployment %s/%s to be made", metav1.NamespaceSystem, coreDNS)
	}
}

func available(d *appsv1.Deployment) bool {
	return d.Status.ObservedGeneration >= d.Generation && slices.ContainsFunc(d.Status.Conditions, func(c appsv1.DeploymentCondition) bool {
		return c.Type == appsv1.DeploymentAvailable && c.Status == corev1.ConditionTrue
	})
}

// lookAtPods distrusts what the cluster remembers of its own pods from before a
// restart. The control plane's are not looked at: it proves itself by what it
// does, and reports itself ten seconds later.
func (v *view) lookAtPods(f *findings, since time.Time, owner string) {
	if since.IsZero() {
		return
	}
	for _, pod := range typed[*corev1.Pod](v.pods) {
		if system(pod.Namespace) && controlledBy(pod, owner) && pod.DeletionTimestamp == nil && !startedSince(pod, since.Truncate(time.Second)) {
			f.lack("pod %s/%s to start again", pod.Namespace, pod.Name)
		}
	}
}

func controlledBy(pod *corev1.Pod, kind string) bool {
	controller := metav1.GetControllerOf(pod)
	return controller != nil && controller.Kind == kind
}

func startedSince(pod *corev1.Pod, since time.Time) bool {
	if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return true
	}
	return len(pod.Status.ContainerStatuses) > 0 && !slices.ContainsFunc(pod.Status.ContainerStatuses, func(s corev1.ContainerStatus) bool {
		return !s.Ready || s.State.Running == nil || s.State.Running.StartedAt.Time.Before(since)
	})
}
