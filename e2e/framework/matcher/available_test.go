package matcher

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func availableDeployment() *appsv1.Deployment {
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: "demo", Name: "web", Generation: 2},
		Spec:       appsv1.DeploymentSpec{Replicas: new(int32(2))},
		Status: appsv1.DeploymentStatus{
			ObservedGeneration: 2, Replicas: 2, UpdatedReplicas: 2, ReadyReplicas: 2, AvailableReplicas: 2,
			Conditions: []appsv1.DeploymentCondition{{Type: appsv1.DeploymentAvailable, Status: corev1.ConditionTrue}},
		},
	}
}

func TestBeAvailable(t *testing.T) {
	t.Parallel()
	matches(t, "available", BeAvailable(), availableDeployment())
}

func TestBeAvailableShowsARolloutThatIsStuck(t *testing.T) {
	t.Parallel()
	d := availableDeployment()
	d.Generation, d.Status.Replicas, d.Status.UpdatedReplicas = 3, 3, 1
	d.Status.Conditions = []appsv1.DeploymentCondition{
		{Type: appsv1.DeploymentReplicaFailure, Status: corev1.ConditionTrue, Reason: "FailedCreate", Message: "exceeded quota"},
		{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionFalse, Reason: "ProgressDeadlineExceeded", Message: "no progress"},
	}
	differs(t, "available_stuck_rollout", BeAvailable(), *d)
}

func TestBeAvailableRefusesOtherThings(t *testing.T) {
	t.Parallel()
	refuses(t, BeAvailable(), "web", "a string, not a v1.Deployment")
	refuses(t, BeAvailable(), (*appsv1.Deployment)(nil), "is nil")
}
