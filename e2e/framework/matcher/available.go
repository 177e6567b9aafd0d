package matcher

import (
	"fmt"

	"github.com/onsi/gomega/types"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// BeAvailable matches an appsv1.Deployment, or a pointer to one, whose controller has seen the last change and whose
// replicas are all of the present revision and available.
//
//	Eventually(ctx, Get(client.Deployments(ns), "guestbook-demo")).Should(BeAvailable())
func BeAvailable() types.GomegaMatcher {
	return checked[appsv1.Deployment]{
		claim:   "be available",
		subject: func(d appsv1.Deployment) string { return named("Deployment", d.Namespace, d.Name) },
		checks:  availability,
	}
}

func availability(d appsv1.Deployment) []check {
	replicas := int32(1)
	if d.Spec.Replicas != nil {
		replicas = *d.Spec.Replicas
	}
	s := d.Status
	checks := []check{
		{
			what: "observed generation", expected: fmt.Sprint(d.Generation), actual: fmt.Sprint(s.ObservedGeneration),
			ok: s.ObservedGeneration >= d.Generation,
		},
		equal("replicas", replicas, s.Replicas),
		equal("updated replicas", replicas, s.UpdatedReplicas),
		equal("ready replicas", replicas, s.ReadyReplicas),
		equal("available replicas", replicas, s.AvailableReplicas),
	}
	for _, c := range s.Conditions {
		failing := c.Type == appsv1.DeploymentReplicaFailure
		if failing == (c.Status == corev1.ConditionTrue) {
			checks = append(checks, check{
				what: "condition " + string(c.Type), expected: fmt.Sprintf("%t", !failing),
				actual: fmt.Sprintf("%s (%s: %s)", c.Status, c.Reason, c.Message),
			})
		}
	}
	return checks
}
