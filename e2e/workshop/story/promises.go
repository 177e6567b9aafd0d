package story

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/matcher"
	"seatrial/e2e/framework/wait"
)

type keep = func(ctx context.Context, w *World) error

// history expects a revision for each description: the last one deployed, those before
// it superseded, all of the workshop's chart.
func history(descriptions ...string) keep {
	return func(ctx context.Context, w *World) error {
		seen, err := w.History(ctx)
		if err != nil {
			return err
		}
		var rows []matcher.Row
		for i, description := range descriptions {
			status := helm.StatusSuperseded
			if i == len(descriptions)-1 {
				status = helm.StatusDeployed
			}
			rows = append(rows, matcher.Row{Revision: i + 1, Status: status, Chart: "guestbook-0.2.0", Description: description})
		}
		return matcher.Check(seen, matcher.HaveHistory(rows...))
	}
}

func pods(count int) keep {
	return func(ctx context.Context, w *World) error {
		seen, err := w.pods(ctx, "")
		if err != nil {
			return err
		}
		if len(seen) != count {
			return fmt.Errorf("there are %d pods instead of %d: %s", len(seen), count, names(seen))
		}
		for i := range seen {
			err = errors.Join(err, matcher.Check(&seen[i], matcher.BeReady()))
		}
		return err
	}
}

// deployments expects exactly these, each available with as many pods.
func deployments(replicas map[string]int32) keep {
	return func(ctx context.Context, w *World) error {
		list, err := w.kube.AppsV1().Deployments(w.Namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return fmt.Errorf("listing Deployments: %w", err)
		}
		seen := map[string]*appsv1.Deployment{}
		for i := range list.Items {
			seen[list.Items[i].Name] = &list.Items[i]
		}
		if want, have := sorted(replicas), sorted(seen); want != have {
			return fmt.Errorf("the Deployments are %s instead of %s", have, want)
		}
		for name, deployment := range seen {
			err = errors.Join(err, matcher.Check(deployment, matcher.BeAvailable()))
			if have := deployment.Status.ReadyReplicas; have != replicas[name] {
				err = errors.Join(err, fmt.Errorf("of Deployment %q, %d pods are ready instead of %d", name, have, replicas[name]))
			}
		}
		return err
	}
}

func sorted[V any](byName map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(byName)), ", ")
}

func services(want ...string) keep {
	return func(ctx context.Context, w *World) error {
		list, err := w.kube.CoreV1().Services(w.Namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return fmt.Errorf("listing Services: %w", err)
		}
		var seen []string
		for i := range list.Items {
			seen = append(seen, list.Items[i].Name)
		}
		if !slices.Equal(seen, want) {
			return fmt.Errorf("the Services are %s instead of %s", strings.Join(seen, ", "), strings.Join(want, ", "))
		}
		return nil
	}
}

func serviceType(want corev1.ServiceType) keep {
	return func(ctx context.Context, w *World) error {
		seen, err := w.appService(ctx)
		if err != nil {
			return err
		}
		return errors.Join(
			matcher.Check(seen, matcher.HaveServiceType(want)),
			matcher.Check(seen, matcher.HavePort(3000)))
	}
}

// sameAddress holds although the type changed: the document's reader has a new type, and
// everything that knew the old address still works.
func sameAddress(ctx context.Context, w *World) error {
	seen, err := w.appService(ctx)
	if err != nil {
		return err
	}
	then, now := address(w.service), address(seen)
	if then != now {
		return fmt.Errorf("the Service had %s and has %s now", then, now)
	}
	return nil
}

func address(service *corev1.Service) string {
	return fmt.Sprintf("cluster IP %s and node port %d", service.Spec.ClusterIP, service.Spec.Ports[0].NodePort)
}

func samePods(ctx context.Context, w *World) error {
	seen, err := w.lastingPods(ctx)
	if err != nil {
		return err
	}
	err = matcher.Check(seen, matcher.BeTheSamePodsAs(w.app))
	for i := range seen {
		err = errors.Join(err, matcher.Check(&seen[i], matcher.BeReady().WithoutRestarts()))
	}
	return err
}

// noSlaves looks for whatever could be left of them: by name and by label.
func noSlaves(ctx context.Context, w *World) error {
	left, err := w.everything(ctx)
	if err != nil {
		return err
	}
	left = slices.DeleteFunc(left, func(name string) bool { return !strings.Contains(name, "redis-slave") })
	if len(left) > 0 {
		return fmt.Errorf("still there: %s", strings.Join(left, ", "))
	}
	return nil
}

func restoredTo(revision int) keep {
	return func(ctx context.Context, w *World) error {
		wanted, err := w.release.Objects()
		if err != nil {
			return err
		}
		now, err := w.capture(ctx, wanted)
		if err != nil {
			return err
		}
		return matcher.Check(now, matcher.BeRestoredTo(w.ledgers[revision]))
	}
}

// records expects one storage object for each revision, of the telling's driver and of
// no other.
func records(ctx context.Context, w *World) error {
	var want []string
	for revision := range w.release.Revision {
		want = append(want, fmt.Sprintf("sh.helm.release.v1.%s.v%d", Release, revision+1))
	}
	return w.recordsAre(ctx, want)
}

func noRecords(ctx context.Context, w *World) error { return w.recordsAre(ctx, nil) }

func (w *World) recordsAre(ctx context.Context, want []string) error {
	byDriver, err := w.records(ctx)
	if err != nil {
		return err
	}
	for driver, seen := range byDriver {
		expected := want
		if driver != w.Driver {
			expected = nil
		}
		if !slices.Equal(seen, expected) {
			return fmt.Errorf("objects of the storage driver %q are [%s] instead of [%s]", driver, strings.Join(seen, " "), strings.Join(expected, " "))
		}
	}
	return nil
}

// sameAsCommand reads the history with a real helm binary, as the reader will.
func sameAsCommand(ctx context.Context, w *World) error {
	printed, err := w.Helm(ctx, "history", Release, "-n", w.Namespace, "-o", "json")
	if err != nil {
		return err
	}
	var rows []struct {
		Revision    int    `json:"revision"`
		Status      string `json:"status"`
		Chart       string `json:"chart"`
		Description string `json:"description"`
	}
	if err := json.Unmarshal([]byte(printed), &rows); err != nil {
		return fmt.Errorf("reading what helm history prints: %w", err)
	}
	var want []matcher.Row
	for _, row := range rows {
		want = append(want, matcher.Row{Revision: row.Revision, Status: helm.Status(row.Status), Chart: row.Chart, Description: row.Description})
	}
	seen, err := w.History(ctx)
	if err != nil {
		return err
	}
	return matcher.Check(seen, matcher.HaveHistory(want...))
}

// gone waits until nothing of the newest revision is left.
func (w *World) gone(ctx context.Context) error {
	objects, err := w.release.Objects()
	if err != nil {
		return err
	}
	return wait.Gone(ctx, w.config, w.Namespace, objects, goneTimeout)
}

func nothingLeft(ctx context.Context, w *World) error {
	left, err := w.everything(ctx)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return fmt.Errorf("still there: %s", strings.Join(left, ", "))
	}
	return nil
}

func names(pods []corev1.Pod) string {
	var all []string
	for i := range pods {
		all = append(all, pods[i].Name)
	}
	return strings.Join(all, ", ")
}

// appService is the guestbook's own Service.
func (w *World) appService(ctx context.Context) (*corev1.Service, error) {
	service, err := w.kube.CoreV1().Services(w.Namespace).Get(ctx, Release, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, fmt.Errorf("there is no Service %q in %q", Release, w.Namespace)
	}
	if err != nil {
		return nil, fmt.Errorf("reading Service %q in %q: %w", Release, w.Namespace, err)
	}
	return service, nil
}
