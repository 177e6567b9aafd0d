package wait

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// database is a custom resource with a status.
func database(status map[string]any) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "example.com/v1", "kind": "Database",
		"metadata": map[string]any{"namespace": "demo", "name": "db", "uid": "db-uid", "generation": int64(2)},
		"status":   status,
	}}
}

func condition(kind, status, message string) map[string]any {
	return map[string]any{"conditions": []any{map[string]any{"type": kind, "status": status, "message": message}}}
}

func TestCustomResource(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status map[string]any
		want   []string
	}{
		{"without a status", nil, nil},
		{"with conditions of its own", condition("Paused", "False", ""), nil},
		{"Ready", condition("Ready", "True", ""), nil},
		{"not Ready", condition("Ready", "False", "no disk"), []string{"Database/db: not Ready: no disk"}},
		{"not known whether Available", condition("Available", "Unknown", ""), []string{"Database/db: not Available"}},
		{"at work", condition("Reconciling", "True", "step 1"), []string{"Database/db: its controller is at work on it: step 1"}},
		{"stalled", condition("Stalled", "True", "bad spec"), []string{"FAILED Database/db: its controller has given up: bad spec"}},
		{"not seen", map[string]any{"observedGeneration": int64(1)}, []string{"Database/db: its controller has not seen the last change yet"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, one(database(test.status))); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

func scaler(change func(*autoscalingv2.HorizontalPodAutoscaler)) *autoscalingv2.HorizontalPodAutoscaler {
	h := &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: named("web", nil)}
	h.UID = "scaler-uid"
	h.Spec.ScaleTargetRef = autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "web"}
	h.Spec.MinReplicas, h.Spec.MaxReplicas = new(int32(2)), 3
	change(h)
	return h
}

func TestAutoscaler(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		replicas int32
		change   func(*autoscalingv2.HorizontalPodAutoscaler)
		want     []string
	}{
		{"within its bounds", 2, func(*autoscalingv2.HorizontalPodAutoscaler) {}, nil},
		{"off", 0, func(*autoscalingv2.HorizontalPodAutoscaler) {}, nil},
		{"too few", 1, func(*autoscalingv2.HorizontalPodAutoscaler) {}, []string{"HorizontalPodAutoscaler/web: Deployment/web has 1 of at least 2 replicas"}},
		{"too many", 4, func(*autoscalingv2.HorizontalPodAutoscaler) {}, []string{"HorizontalPodAutoscaler/web: Deployment/web has 4 of at most 3 replicas"}},
		{"of something that cannot be scaled", 2, func(h *autoscalingv2.HorizontalPodAutoscaler) {
			h.Spec.ScaleTargetRef.Name = "gone"
			h.Status.Conditions = []autoscalingv2.HorizontalPodAutoscalerCondition{
				{Type: autoscalingv2.AbleToScale, Status: corev1.ConditionFalse, Message: "not found"},
			}
		}, []string{"HorizontalPodAutoscaler/web: cannot scale Deployment/gone: not found"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newWorld().deployment
			d.Spec.Replicas = &test.replicas
			if diff := cmp.Diff(test.want, one(scaler(test.change), d)); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDisruptionBudget(t *testing.T) {
	t.Parallel()
	budget := func(s policyv1.PodDisruptionBudgetStatus) runtime.Object {
		return &policyv1.PodDisruptionBudget{ObjectMeta: named("web", nil), Status: s}
	}
	tests := []struct {
		name   string
		status policyv1.PodDisruptionBudgetStatus
		want   []string
	}{
		{"kept", policyv1.PodDisruptionBudgetStatus{ObservedGeneration: 1, CurrentHealthy: 2, DesiredHealthy: 2}, nil},
		{"of nothing", policyv1.PodDisruptionBudgetStatus{ObservedGeneration: 1}, nil},
		{"not seen", policyv1.PodDisruptionBudgetStatus{}, []string{"PodDisruptionBudget/web: its controller has not seen the last change yet"}},
		{
			"too few pods",
			policyv1.PodDisruptionBudgetStatus{ObservedGeneration: 1, CurrentHealthy: 1, DesiredHealthy: 2},
			[]string{"PodDisruptionBudget/web: 1 of 2 pods healthy that it asks for"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, one(budget(test.status))); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	balancer := &corev1.Service{ObjectMeta: named("open", nil), Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer}}
	addressed := balancer.DeepCopy()
	addressed.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "192.0.2.1"}}
	blind := scaler(func(h *autoscalingv2.HorizontalPodAutoscaler) {
		h.Status.Conditions = []autoscalingv2.HorizontalPodAutoscalerCondition{
			{Type: autoscalingv2.ScalingActive, Status: corev1.ConditionFalse, Message: "no metrics"},
		}
	})
	tests := []struct {
		name   string
		object runtime.Object
		rule   LoadBalancerRule
		want   []string
	}{
		{"a load balancer without an address", balancer, AddressOptional, []string{
			"Service/open: its load balancer has no address, which was not waited for: maybe nothing in this cluster gives it one",
		}},
		{"one with an address", addressed, AddressOptional, nil},
		{"one that is waited for", balancer, AddressRequired, nil},
		{"an autoscaler without measurements", blind, AddressOptional, []string{"HorizontalPodAutoscaler/web: it does not scale by load: no metrics"}},
		{"a suspended CronJob", &batchv1.CronJob{ObjectMeta: named("tidy", nil), Spec: batchv1.CronJobSpec{Suspend: new(true)}}, AddressOptional, []string{
			"CronJob/tidy: it is suspended, so that nothing runs",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			u := untyped(test.object)
			var got []string
			for _, n := range Notes(State{Wanted: []*unstructured.Unstructured{u}, Live: []*unstructured.Unstructured{u}, LoadBalancer: test.rule}) {
				got = append(got, n.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}
