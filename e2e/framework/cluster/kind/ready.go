package kind

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"seatrial/e2e/framework/cluster"
)

const (
	// apiInterval is how often an API server that does not answer yet is asked.
	apiInterval = 100 * time.Millisecond
	// apiCallTimeout bounds one such question.
	apiCallTimeout = 5 * time.Second
	// nodesInterval is how often the nodes are looked after while they are being
	// waited for, so that one that went away is not waited for in vain.
	nodesInterval = 3 * time.Second
)

// answers asks once whether the API server is ready.
func answers(ctx context.Context, client *cluster.Connection) error {
	ctx, cancel := context.WithTimeout(ctx, apiCallTimeout)
	defer cancel()
	return client.Ready(ctx)
}

// awaitAPI waits until the API server is ready. There is nothing to watch
// before.
func awaitAPI(ctx context.Context, client *cluster.Connection) error {
	ticker := time.NewTicker(apiInterval)
	defer ticker.Stop()
	for {
		err := answers(ctx, client)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the API server: %w (it says: %w)", context.Cause(ctx), err)
		case <-ticker.C:
		}
	}
}

// becomeReady waits until everything a workload relies on works. For nodes that
// were started again, since says when.
func (c *kindCluster) becomeReady(ctx context.Context, o *order, since time.Time) error {
	o.say("waiting until the cluster is ready")
	client, err := cluster.Connect(c.kubeconfig)
	if err != nil {
		return err
	}
	defer client.Close()

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	guarded := make(chan struct{})
	go func() {
		defer close(guarded)
		c.guardNodes(ctx, o, cancel)
	}()
	defer func() { cancel(nil); <-guarded }()

	if err := awaitAPI(ctx, client); err != nil {
		return err
	}
	if err := checkServer(ctx, client, o); err != nil {
		return err
	}
	want, log := wanted{nodes: o.nodeNames(), since: since}, c.provider.log
	if !since.IsZero() {
		if _, err := watchUntilReady(ctx, client, log, want.base); err != nil {
			return err
		}
		if err := replace(ctx, client); err != nil {
			return err
		}
	}
	found, err := watchUntilReady(ctx, client, log, want.all)
	if err != nil {
		return err
	}
	c.features = cluster.Features{Containers: true, PodNetwork: true, NodeFaults: true, Volumes: found.defaultStorage}
	return nil
}

// replace deletes the pods of the system's deployments. After a start of old
// nodes they come up before the network does, and lose half a minute to calls
// that nobody answers; new ones are there at once.
func replace(ctx context.Context, client kubernetes.Interface) error {
	pods, err := client.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("replacing pods from before the start: %w", err)
	}
	for i := range pods.Items {
		pod := &pods.Items[i]
		if !system(pod.Namespace) || !controlledBy(pod, "ReplicaSet") {
			continue
		}
		err := client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, *metav1.NewDeleteOptions(0))
		if err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("replacing pod %q from before the start: %w", pod.Name, err)
		}
	}
	return nil
}

// errNodeStopped ends a wait that cannot succeed any more.
var errNodeStopped = errors.New("a node is not running any more: somebody stopped or removed it, or the engine was restarted")

// guardNodes cancels the wait when a node goes away.
func (c *kindCluster) guardNodes(ctx context.Context, o *order, cancel context.CancelCauseFunc) {
	ticker := time.NewTicker(nodesInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		nodes, err := listNodes(ctx, c.provider.engine, o.name)
		if err == nil && (len(nodes) < len(o.nodeNames()) || len(stopped(nodes)) > 0) {
			cancel(errNodeStopped)
			return
		}
	}
}

// checkServer compares the version of the running cluster with the wanted one.
func checkServer(ctx context.Context, client *cluster.Connection, o *order) error {
	if o.kubernetes == "" {
		return nil
	}
	version, err := client.Version(ctx)
	if err != nil {
		return err
	}
	return checkVersion(o, version)
}
