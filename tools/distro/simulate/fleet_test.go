package simulate

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"seatrial/tools/distro/simulate/rules"
)

// patience is more than anything here takes.
const patience = 20 * time.Second

// eventually waits until a question is answered as wanted.
func eventually(t *testing.T, want string, ask func() string) {
	t.Helper()
	var got string
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if got = ask(); got == want {
			return
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-t.Context().Done():
		}
	}
	t.Fatalf("after %s: got %q, want %q", patience, got, want)
}

// start runs a fleet until the test ends, and waits until it is ready.
func start(t *testing.T, client *fake.Clientset, nodes int) *Fleet {
	t.Helper()
	f, err := New(client, Options{Nodes: nodes, Version: "v1.37.2"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("running the fleet: %v", err)
		}
		eventually(t, "", leftOver)
	})
	select {
	case <-f.Ready():
	case <-time.After(patience):
		t.Fatal("the fleet does not become ready")
	}
	return f
}

// leftOver is the stack of a goroutine that a fleet has not ended.
func leftOver() string {
	buffer := make([]byte, 1<<20)
	buffer = buffer[:runtime.Stack(buffer, true)]
	for stack := range strings.SplitSeq(string(buffer), "\n\n") {
		ours := strings.Contains(stack, "seatrial/tools/distro/simulate") || strings.Contains(stack, "k8s.io/client-go")
		if ours && !strings.Contains(stack, "testing.tRunner") {
			return stack
		}
	}
	return ""
}

func pod(name string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: "uid-of-web"},
		Spec: corev1.PodSpec{
			NodeName: "embedded-1", RestartPolicy: corev1.RestartPolicyAlways,
			Containers: []corev1.Container{{Name: "app", Image: "web:1"}},
		},
	}
}

func create(t *testing.T, client *fake.Clientset, p *corev1.Pod) {
	t.Helper()
	if _, err := client.CoreV1().Pods(p.Namespace).Create(t.Context(), p, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// look is a pod in one line.
func look(t *testing.T, client *fake.Clientset, name string) string {
	t.Helper()
	p, err := client.CoreV1().Pods("shop").Get(t.Context(), name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return "gone"
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Status.ContainerStatuses) == 0 {
		return string(p.Status.Phase)
	}
	st := p.Status.ContainerStatuses[0]
	if st.State.Waiting != nil {
		return st.State.Waiting.Reason
	}
	return fmt.Sprintf("%s ready=%t %s", p.Status.Phase, st.Ready, p.Status.PodIP)
}

// rule writes rules, as a scenario does.
func rule(t *testing.T, client *fake.Clientset, text string) {
	t.Helper()
	all := client.CoreV1().ConfigMaps(rules.Namespace)
	c := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: rules.Namespace, Name: rules.ConfigMap}, Data: map[string]string{rules.Key: text}}
	_, err := all.Create(t.Context(), c, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		_, err = all.Update(t.Context(), c, metav1.UpdateOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func reasons(t *testing.T, client *fake.Clientset, namespace string) string {
	t.Helper()
	all, err := client.CoreV1().Events(namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for i := range all.Items {
		found = append(found, all.Items[i].Reason)
	}
	return strings.Join(found, " ")
}

func TestAFleetHasReadyNodes(t *testing.T) {
	client := fake.NewClientset()
	start(t, client, 3)
	nodes, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range nodes.Items {
		for _, c := range n.Status.Conditions {
			if c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue {
				names = append(names, n.Name)
			}
		}
	}
	if got := strings.Join(names, " "); got != "embedded-1 embedded-2 embedded-3" {
		t.Errorf("ready nodes: got %q", got)
	}
	eventually(t, "embedded-3", func() string {
		lease, err := client.CoordinationV1().Leases(corev1.NamespaceNodeLease).Get(t.Context(), "embedded-3", metav1.GetOptions{})
		if err != nil {
			return err.Error()
		}
		return *lease.Spec.HolderIdentity
	})
}

func TestAPodLivesAndGoes(t *testing.T) {
	client := fake.NewClientset()
	start(t, client, 1)
	p := pod("web")
	create(t, client, p)
	eventually(t, "Running ready=true 10.244.0.1", func() string { return look(t, client, "web") })
	eventually(t, "Pulled Created Started", func() string { return reasons(t, client, "shop") })

	p, err := client.CoreV1().Pods("shop").Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p.DeletionTimestamp, p.DeletionGracePeriodSeconds, p.Finalizers = new(metav1.Now()), new(int64(30)), []string{"a/b"}
	if _, err := client.CoreV1().Pods("shop").Update(t.Context(), p, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "gone", func() string { return look(t, client, "web") })
}

func TestPodsOfOtherNodesAreLeftAlone(t *testing.T) {
	client := fake.NewClientset()
	start(t, client, 1)
	other := pod("other")
	other.Spec.NodeName = "real-1"
	create(t, client, other)
	create(t, client, pod("web"))
	eventually(t, "Running ready=true 10.244.0.1", func() string { return look(t, client, "web") })
	if got := look(t, client, "other"); got != "" {
		t.Errorf("pod of another node: got %q", got)
	}
}

func TestRulesChangeWhilePodsRun(t *testing.T) {
	client := fake.NewClientset()
	rule(t, client, "pods: [{behave: pullBackOff}]")
	start(t, client, 1)
	create(t, client, pod("web"))
	eventually(t, "ImagePullBackOff", func() string { return look(t, client, "web") })

	rule(t, client, "pods: [{behave: nonsense}]")
	eventually(t, "InvalidRules", func() string { return reasons(t, client, rules.Namespace) })
	if got := look(t, client, "web"); got != "ImagePullBackOff" {
		t.Errorf("with rules that cannot be read: got %q", got)
	}

	rule(t, client, "pods: [{behave: neverReady}]")
	eventually(t, "Running ready=false 10.244.0.1", func() string { return look(t, client, "web") })
	if err := client.CoreV1().ConfigMaps(rules.Namespace).Delete(t.Context(), rules.ConfigMap, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "Running ready=true 10.244.0.1", func() string { return look(t, client, "web") })
}

func TestAPodWaitsForItsConfigMap(t *testing.T) {
	client := fake.NewClientset()
	start(t, client, 1)
	p := pod("web")
	p.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "late"}}}}
	create(t, client, p)
	eventually(t, "CreateContainerConfigError", func() string { return look(t, client, "web") })
	late := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "late"}}
	if _, err := client.CoreV1().ConfigMaps("shop").Create(t.Context(), late, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "Running ready=true 10.244.0.1", func() string { return look(t, client, "web") })
}

func TestOnlySoManyPodsAreEvicted(t *testing.T) {
	client := fake.NewClientset()
	rule(t, client, "pods: [{behave: evicted, after: 1ms, times: 1}]")
	start(t, client, 1)
	first := pod("first")
	first.UID = "1"
	create(t, client, first)
	eventually(t, "Failed ready=false 10.244.0.1", func() string { return look(t, client, "first") })
	second := pod("second")
	second.UID = "2"
	create(t, client, second)
	eventually(t, "Running ready=true 10.244.0.2", func() string { return look(t, client, "second") })
}

func TestAPodFromBeforeKeepsItsAddress(t *testing.T) {
	client := fake.NewClientset()
	before := pod("before")
	before.UID = "1"
	before.Status.PodIP = "10.244.0.1"
	create(t, client, before)
	start(t, client, 1)
	create(t, client, pod("web"))
	eventually(t, "Running ready=true 10.244.0.2", func() string { return look(t, client, "web") })
}

func TestAFleetRunsOnce(t *testing.T) {
	client := fake.NewClientset()
	f := start(t, client, 1)
	if err := f.Run(t.Context()); err == nil {
		t.Error("running it twice: want an error")
	}
}

func TestFleetsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, nodes := range []int{-1, 255} {
		if _, err := New(fake.NewClientset(), Options{Nodes: nodes}); err == nil {
			t.Errorf("a fleet of %d nodes: want an error", nodes)
		}
	}
}
