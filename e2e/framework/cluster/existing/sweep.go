package existing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/runid"
)

// goneInterval is how often namespaces on their way out are looked for.
const goneInterval = 200 * time.Millisecond

// Sweep removes the namespaces that dead runs of this machine have left in the cluster,
// and returns their names.
func (p *Provider) Sweep(ctx context.Context) (removed []string, err error) {
	chosen, err := p.choose()
	if err != nil {
		return nil, err
	}
	c, err := p.open(ctx, chosen)
	if c != nil {
		defer func() { err = errors.Join(err, os.RemoveAll(c.dir)) }()
	}
	if err == nil {
		removed, err = removeNamespaces(ctx, c.Kubeconfig(), runid.ID.Dead)
	}
	if err != nil {
		return removed, fmt.Errorf("sweeping %s: %w", chosen, err)
	}
	return removed, nil
}

// removeNamespaces removes those whose label names a run that is meant, and waits until
// they are gone. A label that no run of ours has written means nobody.
func removeNamespaces(ctx context.Context, kubeconfig string, meant func(owner runid.ID) bool) ([]string, error) {
	client, err := cluster.Connect(kubeconfig)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	list, err := client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{LabelSelector: cluster.RunLabel})
	if err != nil {
		return nil, fmt.Errorf("looking for namespaces of ours: %w", err)
	}
	var removed []string
	var errs []error
	for i := range list.Items {
		namespace := &list.Items[i]
		owner, err := runid.Parse(namespace.Labels[cluster.RunLabel])
		if err != nil || !meant(owner) {
			continue
		}
		// Of the same name, but made anew by somebody else meanwhile: not ours.
		sameOne := metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(namespace.UID))}
		err = client.CoreV1().Namespaces().Delete(ctx, namespace.Name, sameOne)
		if err == nil || apierrors.IsConflict(err) {
			err = awaitGone(ctx, client, namespace.Name, string(namespace.UID))
		}
		if err != nil && !apierrors.IsNotFound(err) {
			errs = append(errs, fmt.Errorf("removing namespace %q: %w", namespace.Name, err))
			continue
		}
		removed = append(removed, "namespace "+namespace.Name)
	}
	return removed, errors.Join(errs...)
}

func awaitGone(ctx context.Context, client *cluster.Connection, name, uid string) error {
	ticker := time.NewTicker(goneInterval)
	defer ticker.Stop()
	for {
		found, err := client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
		if err != nil || string(found.UID) != uid {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("still %s: %w", found.Status.Phase, context.Cause(ctx))
		case <-ticker.C:
		}
	}
}
