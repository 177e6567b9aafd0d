package story

import (
	"context"

	corev1 "k8s.io/api/core/v1"
)

func rollback() Chapter {
	return Chapter{
		Title:   "Roll back",
		Command: "helm rollback guestbook-demo 1 -n helm-demo",
		Do: func(ctx context.Context, w *World) error {
			restored, err := w.helm.Rollback(ctx, Release, 1)
			if err != nil {
				return err
			}
			return w.settle(ctx, restored)
		},
		Promises: []Promise{
			{Text: "history has revisions 1 and 2 superseded and 3 deployed: Rollback to 1", Keep: history("Install complete", "Upgrade complete", "Rollback to 1")},
			{Text: "the redis-slave Deployment is back, 2/2, beside the others", Keep: deployments(withSlaves())},
			{Text: "the redis-slave Service is back", Keep: services("guestbook-demo", "redis-master", "redis-slave")},
			{Text: "the Service guestbook-demo is a LoadBalancer again", Keep: serviceType(corev1.ServiceTypeLoadBalancer)},
			{Text: "five pods are Running and ready", Keep: pods(5)},
			{Text: "every object is what it was at revision 1, field by field", Keep: restoredTo(1)},
			{Text: "the guestbook and redis-master pods are the same, never restarted", Keep: samePods},
			{Text: "the entry is still there, read from a slave again", Keep: readsFrom(fromSlave), Needs: running()},
			{Text: "the history lives in the cluster: one object for each revision", Keep: records},
			{Text: "the helm command reads the same history", Keep: sameAsCommand},
		},
	}
}

// again is the document's closing claim: an upgrade to the old values gives the same
// resources as the rollback, only that somebody has to remember the values.
func again() Chapter {
	return Chapter{
		Title:   "Go back without a rollback",
		Command: "helm upgrade guestbook-demo ./guestbook, to the values of revision 2 and then to those of revision 1",
		Do: func(ctx context.Context, w *World) error {
			without, err := slaveless()
			if err != nil {
				return err
			}
			with := map[string]any{"redis": map[string]any{"slaveEnabled": true}, "service": map[string]any{"type": "LoadBalancer"}}
			for _, values := range []map[string]any{without, with} {
				upgraded, err := w.helm.Upgrade(ctx, Release, w.chart, values)
				if err != nil {
					return err
				}
				if err := w.settle(ctx, upgraded); err != nil {
					return err
				}
			}
			return nil
		},
		Promises: []Promise{
			{Text: "history says what was done: an upgrade, not a rollback", Keep: history("Install complete", "Upgrade complete", "Rollback to 1", "Upgrade complete", "Upgrade complete")},
			{Text: "every object is what the rollback had made, field by field", Keep: restoredTo(3)},
			{Text: "the entry is still there, read from a slave", Keep: readsFrom(fromSlave), Needs: running()},
		},
	}
}

func uninstall() Chapter {
	return Chapter{
		Title:   "Clean up",
		Command: "helm uninstall guestbook-demo -n helm-demo",
		Do: func(ctx context.Context, w *World) error {
			if err := w.helm.Uninstall(ctx, Release); err != nil {
				return err
			}
			return w.gone(ctx)
		},
		Promises: []Promise{
			{Text: "no object of the release is left", Keep: nothingLeft},
			{Text: "no record of the release is left", Keep: noRecords},
		},
	}
}
