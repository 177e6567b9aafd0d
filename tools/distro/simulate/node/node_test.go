package node

import (
	"log/slog"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

func noon() time.Time { return time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC) }

func TestSpecs(t *testing.T) {
	t.Parallel()
	specs, err := Specs(Max, "v1.37.2", 10250)
	if err != nil {
		t.Fatal(err)
	}
	if last := specs[Max-1]; last.Name != "embedded-254" || last.Address != "192.0.2.254" {
		t.Errorf("last node: got %+v", last)
	}
	for _, count := range []int{0, -1, Max + 1} {
		if _, err := Specs(count, "v1.37.2", 10250); err == nil {
			t.Errorf("%d nodes: want an error", count)
		}
	}
}

func TestANodeFromBefore(t *testing.T) {
	t.Parallel()
	specs, err := Specs(1, "v1.37.2", 10250)
	if err != nil {
		t.Fatal(err)
	}
	old := specs[0].object(noon())
	old.Labels["zone"] = "a"
	old.Status.Conditions = append(old.Status.Conditions, corev1.NodeCondition{Type: "Foreign", Status: corev1.ConditionTrue})
	for i := range old.Status.Conditions {
		if old.Status.Conditions[i].Type == corev1.NodeReady {
			old.Status.Conditions[i].Status = corev1.ConditionUnknown
		}
	}
	client := fake.NewClientset(old)
	later := noon().Add(time.Hour)
	keeper := NewKeeper(client, specs, slog.New(slog.DiscardHandler), func() time.Time { return later })
	if err := keeper.Register(t.Context()); err != nil {
		t.Fatal(err)
	}
	live, err := client.CoreV1().Nodes().Get(t.Context(), "embedded-1", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if live.Labels["zone"] != "a" || len(live.Status.Conditions) != 5 {
		t.Errorf("what others have set is lost: %v, %v", live.Labels, live.Status.Conditions)
	}
	for _, c := range live.Status.Conditions {
		changed := c.LastTransitionTime.Time.Equal(later)
		if c.Type == corev1.NodeReady && (c.Status != corev1.ConditionTrue || !changed) || c.Type == corev1.NodeDiskPressure && changed {
			t.Errorf("condition: got %+v", c)
		}
	}
}

func TestNodesOfAnEarlierRunGo(t *testing.T) {
	t.Parallel()
	specs, err := Specs(2, "v1.37.2", 10250)
	if err != nil {
		t.Fatal(err)
	}
	foreign := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "real-1"}}
	on := func(node string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "on-" + node}, Spec: corev1.PodSpec{NodeName: node}}
	}
	client := fake.NewClientset(specs[0].object(noon()), specs[1].object(noon()), foreign, on("embedded-1"), on("embedded-2"), on("real-1"))
	keeper := NewKeeper(client, specs[:1], slog.New(slog.DiscardHandler), noon)
	if err := keeper.Register(t.Context()); err != nil {
		t.Fatal(err)
	}
	nodes, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	if err != nil || len(nodes.Items) != 2 || nodes.Items[0].Name != "embedded-1" || nodes.Items[1].Name != "real-1" {
		t.Errorf("nodes: got %v, %v", nodes.Items, err)
	}
	pods, err := client.CoreV1().Pods("shop").List(t.Context(), metav1.ListOptions{})
	if err != nil || len(pods.Items) != 2 || pods.Items[0].Name != "on-embedded-1" || pods.Items[1].Name != "on-real-1" {
		t.Errorf("pods: got %v, %v", pods.Items, err)
	}
}

func TestLeasesAreRenewed(t *testing.T) {
	t.Parallel()
	specs, err := Specs(1, "v1.37.2", 10250)
	if err != nil {
		t.Fatal(err)
	}
	client, now := fake.NewClientset(), noon()
	keeper := NewKeeper(client, specs, slog.New(slog.DiscardHandler), func() time.Time { return now })
	// A node that does not exist gets no lease.
	keeper.renewAll(t.Context())
	if all, err := client.CoordinationV1().Leases("").List(t.Context(), metav1.ListOptions{}); err != nil || len(all.Items) != 0 {
		t.Fatalf("leases without a node: got %v, %v", all, err)
	}
	if err := keeper.Register(t.Context()); err != nil {
		t.Fatal(err)
	}
	keeper.renewAll(t.Context())
	now = now.Add(renewAfter)
	keeper.renewAll(t.Context())
	keeper.reportAll(t.Context())
	lease, err := client.CoordinationV1().Leases(corev1.NamespaceNodeLease).Get(t.Context(), "embedded-1", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// The cluster gives the node up, and it comes back.
	live, err := client.CoreV1().Nodes().Get(t.Context(), "embedded-1", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	live.Status.Conditions = withCondition(live.Status.Conditions, corev1.NodeCondition{Type: corev1.NodeReady, Status: corev1.ConditionUnknown})
	if _, err := client.CoreV1().Nodes().UpdateStatus(t.Context(), live, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	keeper.renewAll(t.Context())
	live, err = client.CoreV1().Nodes().Get(t.Context(), "embedded-1", metav1.GetOptions{})
	if err != nil || live.Status.Conditions[3].Type != corev1.NodeReady || live.Status.Conditions[3].Status != corev1.ConditionTrue {
		t.Errorf("a node that was given up: got %+v, %v", live.Status.Conditions, err)
	}
	if !lease.Spec.RenewTime.Time.Equal(now) || *lease.Spec.LeaseDurationSeconds != 40 {
		t.Errorf("lease: got %+v", lease.Spec)
	}
}
