package walk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/history"
	"seatrial/e2e/framework/lifecycle"
)

// Place is where walks are taken.
type Place struct {
	// Kubeconfig is that of the cluster, and Namespace one that nobody else works in.
	Kubeconfig, Namespace string
	// Chart is the path of the model's chart.
	Chart string
	// Driver says where Helm records revisions; if empty, in Secrets.
	Driver helm.Driver
}

// Live does operations with package helm, which is Helm's own code, on a real cluster.
type Live struct {
	place Place
	chart *helm.Chart
	kube  kubernetes.Interface
	close func()
	// clients are those of each limit of history that was asked for.
	clients map[int]*helm.Client
	// before is the history before the next operation.
	before helm.Recorded
}

var _ Performer = (*Live)(nil)

// NewLive returns a performer. Close it when it is not needed any more.
func NewLive(p Place) (*Live, error) {
	chart, err := helm.Load(p.Chart)
	if err != nil {
		return nil, err
	}
	connection, err := cluster.Connect(p.Kubeconfig)
	if err != nil {
		return nil, err
	}
	return &Live{place: p, chart: chart, kube: connection.Interface, close: connection.Close, clients: map[int]*helm.Client{}}, nil
}

// Close ends the connections.
func (l *Live) Close() { l.close() }

// Reset removes the release's records and all objects that have the label of the chart.
func (l *Live) Reset(ctx context.Context) error {
	ours := metav1.ListOptions{LabelSelector: selector}
	records := metav1.ListOptions{LabelSelector: "owner=helm,name=" + lifecycle.Release}
	core := l.kube.CoreV1()
	for _, one := range []struct {
		remove func(context.Context, metav1.DeleteOptions, metav1.ListOptions) error
		which  metav1.ListOptions
	}{
		{core.Secrets(l.place.Namespace).DeleteCollection, records},
		{core.ConfigMaps(l.place.Namespace).DeleteCollection, records},
		{core.Secrets(l.place.Namespace).DeleteCollection, ours},
		{core.ConfigMaps(l.place.Namespace).DeleteCollection, ours},
	} {
		if err := one.remove(ctx, metav1.DeleteOptions{}, one.which); err != nil {
			return fmt.Errorf("removing what an earlier walk has left in %q: %w", l.place.Namespace, err)
		}
	}
	l.before = helm.Recorded{}
	return nil
}

func (l *Live) client(maxHistory int) (*helm.Client, error) {
	if client := l.clients[maxHistory]; client != nil {
		return client, nil
	}
	client, err := helm.New(helm.Options{
		Kubeconfig: l.place.Kubeconfig, Namespace: l.place.Namespace, MaxHistory: maxHistory, Driver: l.place.Driver,
	})
	l.clients[maxHistory] = client
	return client, err
}

// selector finds the objects of the chart, whichever release they are of.
const selector = "app=" + lifecycle.Release

// Do does an operation.
func (l *Live) Do(ctx context.Context, o lifecycle.Operation, target int) (Seen, error) {
	client, err := l.client(o.MaxHistory)
	if err != nil {
		return Seen{}, err
	}
	client = client.With(helm.OperationOptions{
		Atomic: o.Atomic, CleanupOnFail: o.CleanupOnFail, Force: o.Force, KeepHistory: o.KeepHistory, Replace: o.Replace,
	})
	var cutter *fault.Cutter
	if o.Cut != nil {
		cutter = fault.NewCutter(*o.Cut)
		client = client.Through(cutter.Wrap)
	}
	err = operate(ctx, client, l.chart, o, target)
	if ctx.Err() != nil {
		return Seen{}, errors.Join(context.Cause(ctx), err)
	}
	cut := cutter != nil && cutter.Happened()
	state, after, lookErr := l.look(ctx)
	if lookErr != nil {
		return Seen{}, errors.Join(lookErr, err)
	}
	seen := Seen{Outcome: lifecycle.Outcome{State: state, Failure: failure(o.Verb, err), Cut: cut}}
	if err != nil {
		seen.Text = err.Error()
	}
	if cut {
		seen.Writes = cutter.Writes()
	}
	seen.Broken = l.broken(o, target, after, seen)
	l.before = after
	return seen, nil
}

func operate(ctx context.Context, client *helm.Client, chart *helm.Chart, o lifecycle.Operation, target int) (err error) {
	switch o.Verb {
	case lifecycle.Install:
		_, err = client.Install(ctx, lifecycle.Release, chart, o.Values.Helm())
	case lifecycle.Upgrade:
		_, err = client.Upgrade(ctx, lifecycle.Release, chart, o.Values.Helm())
	case lifecycle.Rollback:
		_, err = client.Rollback(ctx, lifecycle.Release, target)
	case lifecycle.Uninstall:
		err = client.Uninstall(ctx, lifecycle.Release)
	}
	return err
}

// failure tells which end of an operation an error is.
func failure(verb lifecycle.Verb, err error) lifecycle.Failure {
	switch {
	case err == nil:
		return lifecycle.None
	case errors.Is(err, helm.ErrReleaseExists):
		return lifecycle.NameInUse
	case errors.Is(err, helm.ErrPending):
		return lifecycle.Pending
	case errors.Is(err, helm.ErrNothingDeployed), errors.Is(err, helm.ErrReleaseNotFound) && verb == lifecycle.Upgrade:
		return lifecycle.NothingDeployed
	case errors.Is(err, helm.ErrReleaseNotFound):
		return lifecycle.NoRelease
	case errors.Is(err, helm.ErrRevisionNotFound):
		return lifecycle.NoRevision
	case strings.Contains(err.Error(), "is already deleted"):
		return lifecycle.Gone
	case strings.Contains(err.Error(), refusal):
		return lifecycle.Refused
	default:
		return "it was something else"
	}
}

// refusal is in the error of each object that the API server does not accept.
const refusal = "is invalid"

// Look tells what there is now, whoever has done it.
func (l *Live) Look(ctx context.Context) (lifecycle.State, error) {
	state, _, err := l.look(ctx)
	return state, err
}

// look reads what there is now.
func (l *Live) look(ctx context.Context) (state lifecycle.State, recorded helm.Recorded, err error) {
	client, err := l.client(0)
	if err != nil {
		return state, recorded, err
	}
	if recorded, err = client.Recorded(ctx, lifecycle.Release); err != nil {
		return state, recorded, err
	}
	state = lifecycle.State{Objects: map[string]lifecycle.Object{}}
	for _, r := range recorded.Releases {
		values, err := lifecycle.Recorded(r.Values)
		if err != nil {
			return state, recorded, fmt.Errorf("revision %d: %w", r.Revision, err)
		}
		state.Revisions = append(state.Revisions, lifecycle.Revision{Number: r.Revision, Status: r.Status, Description: r.Description, Values: values})
	}
	ours := metav1.ListOptions{LabelSelector: selector}
	configMaps, err := l.kube.CoreV1().ConfigMaps(l.place.Namespace).List(ctx, ours)
	if err != nil {
		return state, recorded, fmt.Errorf("looking at what an operation made: %w", err)
	}
	for i := range configMaps.Items {
		state.Objects[configMaps.Items[i].Name] = lifecycle.Object{Data: configMaps.Items[i].Data}
	}
	secrets, err := l.kube.CoreV1().Secrets(l.place.Namespace).List(ctx, ours)
	if err != nil {
		return state, recorded, fmt.Errorf("looking at what an operation made: %w", err)
	}
	for i := range secrets.Items {
		state.Objects[secrets.Items[i].Name] = lifecycle.Object{}
	}
	return state, recorded, nil
}

// broken are the laws of histories that an operation did not keep.
func (l *Live) broken(o lifecycle.Operation, target int, after helm.Recorded, seen Seen) []string {
	text := seen.Text
	if seen.Cut && text == "" {
		text = fault.ErrCut.Error()
	}
	var all []string
	for _, violation := range history.Check(history.Transition{
		Before: l.before.Releases, After: after.Releases, Stored: after.Stored,
		Action: history.Action(o.Verb), Target: target, Failure: text, MaxHistory: o.MaxHistory, KeepHistory: o.KeepHistory, Atomic: o.Atomic, Replace: o.Replace,
	}) {
		if !seen.Cut || alwaysKept(violation.Law) {
			all = append(all, violation.String())
		}
	}
	return all
}

// alwaysKept tells whether a law is also true of an operation that nobody has brought to an end.
func alwaysKept(law string) bool {
	switch law {
	case "newest-status", "older-status", "settled", "description":
		return false
	default:
		return true
	}
}
