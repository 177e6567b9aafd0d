package story

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"seatrial/e2e/framework/helm"
)

// greeting is written in the first chapter and must survive all others: the data of the
// guestbook lives in the redis-master pod, which no step of the workshop restarts.
const greeting = "first-entry"

func install() Chapter {
	return Chapter{
		Title:   "Install",
		Command: "helm install guestbook-demo ./guestbook --namespace helm-demo",
		Do: func(ctx context.Context, w *World) error {
			installed, err := w.helm.Install(ctx, Release, w.chart, nil)
			if err != nil {
				return err
			}
			if err := w.settle(ctx, installed); err != nil {
				return err
			}
			return w.remember(ctx)
		},
		Promises: []Promise{
			{Text: "history has revision 1, deployed: Install complete", Keep: history("Install complete")},
			{Text: "five pods are Running and ready", Keep: pods(5)},
			{Text: "three Deployments are available: guestbook 2/2, redis-master 1/1, redis-slave 2/2", Keep: deployments(withSlaves())},
			{Text: "three Services are there", Keep: services("guestbook-demo", "redis-master", "redis-slave")},
			{Text: "the Service guestbook-demo is a LoadBalancer on port 3000", Keep: serviceType(corev1.ServiceTypeLoadBalancer)},
			{Text: "an entry written through the Service is read back from a slave", Keep: writesAndReads, Needs: running()},
			{Text: "the history lives in the cluster: one object for each revision", Keep: records},
		},
	}
}

// remember notes which pods and which Service there were before anything changed.
func (w *World) remember(ctx context.Context) (err error) {
	if w.app, err = w.lastingPods(ctx); err != nil {
		return err
	}
	w.service, err = w.appService(ctx)
	return err
}

// slaveless are the values that the workshop upgrades to.
func slaveless() (helm.Values, error) {
	values, err := helm.ParseSet("redis.slaveEnabled=false,service.type=NodePort")
	if err != nil {
		return nil, fmt.Errorf("reading the workshop's own values: %w", err)
	}
	return values, nil
}

// withSlaves is how many pods each Deployment has as the chart comes.
func withSlaves() map[string]int32 {
	return map[string]int32{"guestbook-demo": 2, "redis-master": 1, "redis-slave": 2}
}
