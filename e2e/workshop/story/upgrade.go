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
			{"history has revision 1 superseded and 2 deployed: Upgrade complete", history("Install complete", "Upgrade complete")},
			{"no Deployment, ReplicaSet, Service or pod of redis-slave is left", noSlaves},
			{"three pods are Running and ready", pods(3)},
			{"two Deployments are available: guestbook 2/2, redis-master 1/1", deployments(map[string]int32{"guestbook-demo": 2, "redis-master": 1})},
			{"the Service guestbook-demo is a NodePort now", serviceType(corev1.ServiceTypeNodePort)},
			{"its cluster IP and node port are the same", sameAddress},
			{"the guestbook and redis-master pods are the same, never restarted", samePods},
			{"the entry is still there, read from the master", func(ctx context.Context, w *World) error {
				return w.reads(ctx, fromMaster)
			}},
			{"the history lives in the cluster: one object for each revision", records},
		},
	}
}
