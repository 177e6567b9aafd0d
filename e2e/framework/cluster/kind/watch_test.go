package kind

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
)

const control = "x-control-plane"

// boot is when the nodes of these tests started.
var boot = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func newNode(status corev1.ConditionStatus, heartbeat time.Time) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: control},
		Status: corev1.NodeStatus{Conditions: []corev1.NodeCondition{{
			Type: corev1.NodeReady, Status: status, Reason: "KubeletNotReady", Message: "no network yet", LastHeartbeatTime: metav1.NewTime(heartbeat),
		}}},
	}
}

func newDeployment(namespace, name string, status corev1.ConditionStatus) *appsv1.Deployment {
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Generation: 1},
		Status: appsv1.DeploymentStatus{
			ObservedGeneration: 1, Replicas: 2,
			Conditions: []appsv1.DeploymentCondition{{Type: appsv1.DeploymentAvailable, Status: status}},
		},
	}
}

func newDaemonSet(observed int64, availableNow int32) *appsv1.DaemonSet {
	return &appsv1.DaemonSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: metav1.NamespaceSystem, Name: "kube-proxy", Generation: 1},
		Status:     appsv1.DaemonSetStatus{ObservedGeneration: observed, DesiredNumberScheduled: 1, NumberAvailable: availableNow},
	}
}

func newPod(started time.Time) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: metav1.NamespaceSystem, Name: "coredns-1",
			OwnerReferences: []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "coredns", Controller: new(true)}},
		},
		Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{
			Ready: true, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(started)}},
		}}},
	}
}

func newAccount() *corev1.ServiceAccount {
	return &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "default"}}
}

func newClass() *storagev1.StorageClass {
	return &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{
		Name: "standard", Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": "true"},
	}}
}

// readyObjects are those of a cluster that works.
func readyObjects() []runtime.Object {
	return []runtime.Object{
		newNode(corev1.ConditionTrue, boot), newAccount(), newDaemonSet(1, 1), newClass(), newPod(boot),
		newDeployment(metav1.NamespaceSystem, coreDNS, corev1.ConditionTrue),
		newDeployment("default", "somebody-elses", corev1.ConditionFalse),
	}
}

// watched waits for everything on a cluster of one node.
func watched(ctx context.Context, client kubernetes.Interface, since time.Time) (findings, error) {
	return watchUntilReady(ctx, client, slog.New(slog.DiscardHandler), wanted{nodes: []string{control}, since: since}.all)
}

func TestAReadyClusterIsSeenAtOnce(t *testing.T) {
	g := gomega.NewWithT(t)
	found, err := watched(t.Context(), fake.NewClientset(readyObjects()...), time.Time{})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(found.defaultStorage).To(gomega.Equal(true))
}

func TestWhatIsMissingIsNamedWhenTimeIsUp(t *testing.T) {
	for name, test := range map[string]struct {
		objects []runtime.Object
		since   time.Time
		want    string
	}{
		"an empty cluster": {
			nil,
			time.Time{},
			"still waiting for deployment kube-system/coredns to be made; node x-control-plane to join; the default service account",
		},
		"nothing works": {
			[]runtime.Object{
				newNode(corev1.ConditionFalse, boot), newAccount(), newDaemonSet(1, 0),
				newDeployment(metav1.NamespaceSystem, coreDNS, corev1.ConditionFalse),
				newDeployment("local-path-storage", "provisioner", corev1.ConditionFalse),
			},
			time.Time{},
			"still waiting for daemon set kube-system/kube-proxy (0 of 1 available); deployment kube-system/coredns (0 of 2 available); " +
				"deployment local-path-storage/provisioner (0 of 2 available); node x-control-plane (KubeletNotReady: no network yet)",
		},
		"the controllers are behind": {
			append(readyObjects()[3:], newNode(corev1.ConditionTrue, boot), newAccount(), newDaemonSet(0, 1)),
			time.Time{},
			"still waiting for daemon set kube-system/kube-proxy (1 of 1 available)",
		},
		"a memory of better days": {
			readyObjects(), boot.Add(time.Minute),
			"still waiting for node x-control-plane (has not reported since its start); pod kube-system/coredns-1 to start again",
		},
	} {
		// The clock of the test stands still while anything is at work: however slow that is, all is seen in time.
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := gomega.NewWithT(t)
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errors.New("not ready in time"))
				defer cancel()
				_, err := watched(ctx, fake.NewClientset(test.objects...), test.since)
				g.Expect(err).To(gomega.MatchError("not ready in time: " + test.want))
			})
		})
	}
}

func TestReadinessIsNoticedWhenItComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gomega.NewWithT(t)
		client := fake.NewClientset(append(readyObjects()[1:], newNode(corev1.ConditionFalse, boot))...)
		done := make(chan error, 1)
		go func() {
			_, err := watched(t.Context(), client, boot)
			done <- err
		}()
		// The fake, unlike an API server, loses what changes between a list and its watch.
		synctest.Wait()
		g.Expect(done).ToNot(gomega.Receive())

		update(t, client, newNode(corev1.ConditionTrue, boot))

		synctest.Wait()
		g.Expect(done).To(gomega.Receive(gomega.BeNil()))
	})
}

func update(t *testing.T, client kubernetes.Interface, node *corev1.Node) {
	t.Helper()
	_, err := client.CoreV1().Nodes().UpdateStatus(t.Context(), node, metav1.UpdateOptions{})
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
}

func TestPodsFromBeforeARestartAreReplacedWhereADeploymentMakesNewOnes(t *testing.T) {
	g := gomega.NewWithT(t)
	old, static, users := newPod(boot), newPod(boot), newPod(boot)
	static.Name, static.OwnerReferences[0].Kind = "etcd", "Node"
	users.Namespace = "default"
	client := fake.NewClientset(old, static, users)

	g.Expect(replace(t.Context(), client)).To(gomega.Succeed())

	left, err := client.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(left.Items).To(gomega.ConsistOf(gomega.HaveField("Name", "etcd"), gomega.HaveField("Namespace", "default")))
}
