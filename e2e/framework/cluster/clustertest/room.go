package clustertest

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/runid"
)

const (
	// promised is how long a feature may take that a cluster says it has, and doubted how
	// long one is looked for that it says it has not.
	promised = time.Minute
	doubted  = 3 * time.Second
	// interval is how often is looked.
	interval = 100 * time.Millisecond
	// leaveTimeout bounds the request to remove a namespace.
	leaveTimeout = 10 * time.Second
)

func patience(promise bool) time.Duration { //nolint:revive // It is a choice between two numbers.
	if promise {
		return promised
	}
	return doubted
}

// room is a namespace for one check.
type room struct {
	client *cluster.Connection
	name   string
}

// inNamespace gives a check a namespace of its own, which goes with it.
func (s Subject) inNamespace(ctx context.Context, check func(ctx context.Context, r room) error) (err error) {
	client, err := cluster.Connect(s.Cluster.Kubeconfig())
	if err != nil {
		return err
	}
	defer client.Close()
	wanted := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		GenerateName: "contract-", Labels: map[string]string{cluster.RunLabel: runid.Current().String()},
	}}
	namespace, err := client.CoreV1().Namespaces().Create(ctx, wanted, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("making a namespace: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTimeout)
		defer cancel()
		err = errors.Join(err, client.CoreV1().Namespaces().Delete(ctx, namespace.Name, metav1.DeleteOptions{}))
	}()
	err = within(ctx, promised, func(ctx context.Context) error {
		_, err := client.CoreV1().ServiceAccounts(namespace.Name).Get(ctx, "default", metav1.GetOptions{})
		return err
	})
	if err != nil {
		return fmt.Errorf("waiting for the default service account of a new namespace: %w", err)
	}
	return check(ctx, room{client, namespace.Name})
}

// within asks until the answer is no error, and returns the last one when the time is up.
func within(ctx context.Context, limit time.Duration, question func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not within %s", limit))
	defer cancel()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	var last error
	for {
		err := question(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil || last == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), last)
		case <-ticker.C:
		}
	}
}

// gone tells whether the API says that there is no such thing.
func gone(err error) bool { return apierrors.IsNotFound(err) }
