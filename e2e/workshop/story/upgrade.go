package story

import (
	"context"

	corev1 "k8s.io/api/core/v1"
)

func upgrade() Chapter {
	return Chapter{
		Title:   "Upgrade",
		Command: "helm upgrade guestbook-demo ./guestbook --set redis.slaveEnabled=false,service.type=NodePort --namespace helm-demo",
		Do: func(ctx context.Context, w *World) error {
			values, err := slaveless()
			if err != nil {
				return err
			}
			upgraded, err := w.helm.Upgrade(ctx, Release, w.chart, values)
			if err != nil {
				return err
			}
			return w.settle(ctx, upgraded)
		},
		Promises: []Promise{
			{Text: "history has revision 1 superseded and 2 deployed: Upgrade complete", Keep: history("Install complete", "Upgrade complete")},
			{Text: "no Deployment, ReplicaSet, Service or pod of redis-slave is left", Keep: noSlaves},
			{Text: "three pods are Running and ready", Keep: pods(3)},
			{Text: "two Deployments are available: guestbook 2/2, redis-master 1/1", Keep: deployments(map[string]int32{"guestbook-demo": 2, "redis-master": 1})},
			{Text: "the Service guestbook-demo is a NodePort now", Keep: serviceType(corev1.ServiceTypeNodePort)},
			{Text: "its cluster IP and node port are the same", Keep: sameAddress},
			{Text: "the guestbook and redis-master pods are the same, never restarted", Keep: samePods},
			{Text: "the entry is still there, read from the master", Keep: readsFrom(fromMaster), Needs: running()},
			{Text: "the history lives in the cluster: one object for each revision", Keep: records},
		},
	}
}
