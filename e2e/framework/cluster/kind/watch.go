package kind

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// view is a copy of the part of a cluster that readiness depends on, which
// watches keep up to date.
type view struct {
	client    kubernetes.Interface
	changed   chan struct{}
	informers []cache.SharedInformer
	running   sync.WaitGroup

	mu      sync.Mutex
	trouble error // What the last watch that failed said.

	nodes, accounts, deployments, daemonSets, pods, classes cache.Store
}

// watchUntilReady watches until a look finds nothing missing. The log hears what
// is missing whenever that changes.
func watchUntilReady(
	ctx context.Context, client kubernetes.Interface, log *slog.Logger, look func(*view) findings,
) (findings, error) {
	v := newView(client)
	watching, stop := context.WithCancel(ctx)
	defer func() { stop(); v.running.Wait() }()
	if err := v.start(watching); err != nil {
		return findings{}, err
	}

	missing := []string{"the API server to list what there is"}
	if v.listed(ctx) {
		for {
			found := look(v)
			if len(found.missing) == 0 {
				return found, nil
			}
			slices.Sort(found.missing)
			if !slices.Equal(missing, found.missing) {
				missing = found.missing
				log.DebugContext(ctx, "the cluster is not ready", "missing", missing)
			}
			if !v.change(ctx) {
				break
			}
		}
	}
	return findings{}, v.gaveUp(ctx, missing)
}

// change waits for the next change; it fails when ctx ends first.
func (v *view) change(ctx context.Context) bool {
	select {
	case <-v.changed:
		return true
	case <-ctx.Done():
		return false
	}
}

func (v *view) gaveUp(ctx context.Context, missing []string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	err := fmt.Errorf("%w: still waiting for %s", context.Cause(ctx), strings.Join(missing, "; "))
	if v.trouble != nil {
		return fmt.Errorf("%w (the last watch ended with: %w)", err, v.trouble)
	}
	return err
}

func newView(client kubernetes.Interface) *view {
	v := &view{client: client, changed: make(chan struct{}, 1)}
	core, apps, storage := client.CoreV1(), client.AppsV1(), client.StorageV1()
	accounts := core.ServiceAccounts(metav1.NamespaceDefault)
	v.nodes = add(v, &corev1.Node{}, core.Nodes().List, core.Nodes().Watch)
	v.accounts = add(v, &corev1.ServiceAccount{}, accounts.List, accounts.Watch)
	v.deployments = add(v, &appsv1.Deployment{}, apps.Deployments("").List, apps.Deployments("").Watch)
	v.daemonSets = add(v, &appsv1.DaemonSet{}, apps.DaemonSets("").List, apps.DaemonSets("").Watch)
	v.pods = add(v, &corev1.Pod{}, core.Pods("").List, core.Pods("").Watch)
	v.classes = add(v, &storagev1.StorageClass{}, storage.StorageClasses().List, storage.StorageClasses().Watch)
	return v
}

// add makes the informer for one type of object.
func add[L runtime.Object](
	v *view, example runtime.Object,
	list func(context.Context, metav1.ListOptions) (L, error),
	follow func(context.Context, metav1.ListOptions) (watch.Interface, error),
) cache.Store {
	source := cache.ToListWatcherWithWatchListSemantics(&cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			return list(ctx, options)
		},
		WatchFuncWithContext: follow,
	}, v.client)
	informer := cache.NewSharedInformer(source, example, 0)
	v.informers = append(v.informers, informer)
	return informer.GetStore()
}

// start runs the informers until ctx ends; v.running says when they are done.
func (v *view) start(ctx context.Context) error {
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { v.notify() },
		UpdateFunc: func(any, any) { v.notify() },
		DeleteFunc: func(any) { v.notify() },
	}
	for _, informer := range v.informers {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return fmt.Errorf("watching the cluster: %w", err)
		}
		if err := informer.SetWatchErrorHandlerWithContext(v.remember); err != nil {
			return fmt.Errorf("watching the cluster: %w", err)
		}
		v.running.Go(func() { informer.RunWithContext(ctx) })
	}
	return nil
}

func (v *view) notify() {
	select {
	case v.changed <- struct{}{}:
	default: // A look is due already.
	}
}

func (v *view) remember(_ context.Context, _ *cache.Reflector, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.trouble = err
}

// listed waits for the first complete list of everything.
func (v *view) listed(ctx context.Context) bool {
	for _, informer := range v.informers {
		select {
		case <-informer.HasSyncedChecker().Done():
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// typed are the objects of one type in a store.
func typed[T any](store cache.Store) []T {
	list := store.List()
	all := make([]T, 0, len(list))
	for _, object := range list {
		if o, ok := object.(T); ok {
			all = append(all, o)
		}
	}
	return all
}
