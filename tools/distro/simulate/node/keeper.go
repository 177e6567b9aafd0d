package node

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/retry"
)

const (
	// leaseDuration and renewAfter are a kubelet's: a node is lost when its lease was not renewed for 40 s.
	leaseDuration = 40 * time.Second
	renewAfter    = 10 * time.Second
	// reportAfter is when a kubelet writes its status though nothing has changed.
	reportAfter = 5 * time.Minute
	// tryAgainAfter is the pause before another try to register with a server that is starting.
	tryAgainAfter = 20 * time.Millisecond
)

// Keeper registers nodes and keeps them ready.
type Keeper struct {
	client kubernetes.Interface
	specs  []Spec
	log    *slog.Logger
	now    func() time.Time
}

// NewKeeper makes a keeper of these nodes.
func NewKeeper(client kubernetes.Interface, specs []Spec, log *slog.Logger, now func() time.Time) *Keeper {
	return &Keeper{client: client, specs: specs, log: log, now: now}
}

// Register returns when every node is there and ready. It tries until ctx ends: the server may still be starting.
func (k *Keeper) Register(ctx context.Context) error {
	for _, s := range k.specs {
		for {
			err := k.register(ctx, s)
			if err == nil {
				break
			}
			k.log.DebugContext(ctx, "a node is not registered yet", "node", s.Name, "error", err)
			select {
			case <-ctx.Done():
				return fmt.Errorf("registering node %q: %w", s.Name, err)
			case <-time.After(tryAgainAfter):
			}
		}
	}
	if err := k.removeSurplus(ctx); err != nil && ctx.Err() == nil {
		k.log.WarnContext(ctx, "nodes of an earlier run are left", "error", err)
	}
	return nil
}

func (k *Keeper) register(ctx context.Context, s Spec) error {
	_, err := k.client.CoreV1().Nodes().Create(ctx, s.object(k.now()), metav1.CreateOptions{})
	if !apierrors.IsAlreadyExists(err) {
		return err
	}
	return k.report(ctx, s)
}

// report writes the status of a node that exists.
func (k *Keeper) report(ctx context.Context, s Spec) error {
	return retry.RetryOnConflict(retry.DefaultRetry, func() error {
		live, err := k.client.CoreV1().Nodes().Get(ctx, s.Name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		live.Status = keepTransitions(live.Status, s.status(k.now()))
		_, err = k.client.CoreV1().Nodes().UpdateStatus(ctx, live, metav1.UpdateOptions{})
		return err
	})
}

// Keep renews what tells the cluster that the nodes live, until ctx ends. A node that somebody deletes stays away.
func (k *Keeper) Keep(ctx context.Context) {
	leases := time.NewTicker(renewAfter)
	defer leases.Stop()
	reports := time.NewTicker(reportAfter)
	defer reports.Stop()
	k.renewAll(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-leases.C:
			k.renewAll(ctx)
		case <-reports.C:
			k.reportAll(ctx)
		}
	}
}

func (k *Keeper) renewAll(ctx context.Context) {
	for _, s := range k.specs {
		if err := k.renew(ctx, s); err != nil && ctx.Err() == nil {
			k.log.WarnContext(ctx, "keeping a node alive", "node", s.Name, "error", err)
		}
	}
}

func (k *Keeper) reportAll(ctx context.Context) {
	for _, s := range k.specs {
		if err := k.report(ctx, s); err != nil && !apierrors.IsNotFound(err) && ctx.Err() == nil {
			k.log.WarnContext(ctx, "reporting a node's status", "node", s.Name, "error", err)
		}
	}
}

// keepTransitions leaves alone what others have set and what has not changed.
func keepTransitions(old, wanted corev1.NodeStatus) corev1.NodeStatus {
	status := *old.DeepCopy()
	status.Capacity, status.Allocatable = wanted.Capacity, wanted.Allocatable
	status.Addresses, status.DaemonEndpoints, status.NodeInfo = wanted.Addresses, wanted.DaemonEndpoints, wanted.NodeInfo
	for _, c := range wanted.Conditions {
		status.Conditions = withCondition(status.Conditions, c)
	}
	return status
}

func withCondition(all []corev1.NodeCondition, c corev1.NodeCondition) []corev1.NodeCondition {
	for i := range all {
		if all[i].Type != c.Type {
			continue
		}
		if all[i].Status == c.Status {
			c.LastTransitionTime = all[i].LastTransitionTime
		}
		all[i] = c
		return all
	}
	return append(all, c)
}

// renew renews the lease of a node, and its status if the cluster has given it up: that happens when the machine
// slept or was busy for longer than a lease.
func (k *Keeper) renew(ctx context.Context, s Spec) error {
	node, err := k.client.CoreV1().Nodes().Get(ctx, s.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := k.renewLease(ctx, node); err != nil {
		return err
	}
	for _, c := range node.Status.Conditions {
		if c.Type == corev1.NodeReady && c.Status != corev1.ConditionTrue {
			return k.report(ctx, s)
		}
	}
	return nil
}

func (k *Keeper) renewLease(ctx context.Context, node *corev1.Node) error {
	leases := k.client.CoordinationV1().Leases(corev1.NamespaceNodeLease)
	lease, err := leases.Get(ctx, node.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		_, err = leases.Create(ctx, k.lease(node), metav1.CreateOptions{})
		return err
	}
	if err != nil {
		return err
	}
	lease.Spec.RenewTime = new(metav1.NewMicroTime(k.now()))
	_, err = leases.Update(ctx, lease, metav1.UpdateOptions{})
	return err
}

// lease belongs to its node, and goes when that is deleted.
func (k *Keeper) lease(node *corev1.Node) *coordinationv1.Lease {
	return &coordinationv1.Lease{
		ObjectMeta: metav1.ObjectMeta{Name: node.Name, Namespace: corev1.NamespaceNodeLease, OwnerReferences: []metav1.OwnerReference{
			{APIVersion: "v1", Kind: "Node", Name: node.Name, UID: node.UID},
		}},
		Spec: coordinationv1.LeaseSpec{
			HolderIdentity: new(node.Name), LeaseDurationSeconds: new(int32(leaseDuration / time.Second)),
			RenewTime: new(metav1.NewMicroTime(k.now())),
		},
	}
}
