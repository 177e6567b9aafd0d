package story

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/runid"
	"seatrial/e2e/framework/wait"
)

// Timeouts of the story. Each is several times what a slow machine of two cores needs.
const (
	namespaceTimeout = time.Minute
	readyTimeout     = 3 * time.Minute
	goneTimeout      = time.Minute
	commandTimeout   = 30 * time.Second // of one helm or kubectl command
)

// World is where one telling of the story takes place, and what it remembers from one
// chapter to the next.
type World struct {
	Telling

	// Kubeconfig and Tools are for commands a person would type.
	Kubeconfig string
	Tools      assets.Assets

	home     string // where helm and kubectl keep what they have learned of the cluster
	features cluster.Features
	config   *rest.Config
	kube     kubernetes.Interface
	objects  *objects.Client
	helm     *helm.Client
	chart    *helm.Chart

	release *helm.Release         // the newest revision
	ledgers map[int]ledger.Ledger // of each revision, once settled
	kinds   []schema.GroupKind    // of all revisions so far
	app     []corev1.Pod          // guestbook and redis-master pods of revision 1
	service *corev1.Service       // guestbook-demo of revision 1
	stuck   string                // title of the chapter that could not be done

	visits sync.Mutex // one at a time
	shell  *shell     // of the newest redis-master pod, once somebody has visited the guestbook
}

// Open makes the namespace and everything else the story needs before its first chapter. The
// caller ends it with Close, or with Leave.
func Open(ctx context.Context, h framework.Handle, t Telling) (*World, error) {
	config, err := cluster.LoadRESTConfig(h.Kubeconfig)
	if err != nil {
		return nil, err
	}
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	live, err := objects.Connect(ctx, config)
	if err != nil {
		return nil, err
	}
	client, err := helm.New(helm.Options{Kubeconfig: h.Kubeconfig, Namespace: t.Namespace, Driver: t.Driver})
	if err != nil {
		return nil, err
	}
	chart, err := openChart()
	if err != nil {
		return nil, err
	}
	w := &World{
		Telling: t, Kubeconfig: h.Kubeconfig, Tools: h.Assets, features: h.Features, config: config, kube: kube, objects: live, helm: client,
		chart: chart, ledgers: map[int]ledger.Ledger{},
	}
	if w.home, err = runid.TempDir("story"); err == nil {
		err = w.openNamespace(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, w.Leave())
	}
	return w, nil
}

func openChart() (*helm.Chart, error) {
	root, err := assets.Root()
	if err != nil {
		return nil, err
	}
	return helm.Load(filepath.Join(root, "charts", "guestbook"))
}

// openNamespace starts from nothing: on a kept cluster, the namespace of an earlier run
// that was killed is still there.
func (w *World) openNamespace(ctx context.Context) error {
	if err := w.removeNamespace(ctx); err != nil {
		return err
	}
	ours := map[string]string{cluster.RunLabel: runid.Current().String()}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: w.Namespace, Labels: ours}}
	if _, err := w.kube.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("creating namespace %q: %w", w.Namespace, err)
	}
	return wait.DefaultServiceAccount(ctx, w.config, w.Namespace, namespaceTimeout)
}

// Close removes the namespace with all that is in it, and leaves.
func (w *World) Close(ctx context.Context) error {
	return errors.Join(w.removeNamespace(ctx), w.Leave())
}

// Leave removes what there is of the world on this machine. It is enough where the cluster
// itself is about to go.
func (w *World) Leave() error {
	w.visits.Lock()
	defer w.visits.Unlock()
	w.closeShell()
	w.objects.Close()
	if err := os.RemoveAll(w.home); err != nil {
		return fmt.Errorf("leaving the story: %w", err)
	}
	return nil
}

// removeNamespace waits until the namespace is gone with all that is in it. One that is
// somebody else's stays.
func (w *World) removeNamespace(ctx context.Context) error {
	there, err := w.kube.CoreV1().Namespaces().Get(ctx, w.Namespace, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking for namespace %q: %w", w.Namespace, err)
	}
	if _, ours := there.Labels[cluster.RunLabel]; !ours {
		return fmt.Errorf("the cluster has a namespace %q already that seatrial did not make: remove it, or use another cluster", w.Namespace)
	}
	err = w.kube.CoreV1().Namespaces().Delete(ctx, w.Namespace, metav1.DeleteOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("deleting namespace %q: %w", w.Namespace, err)
	}
	namespace := &unstructured.Unstructured{}
	namespace.SetAPIVersion("v1")
	namespace.SetKind("Namespace")
	namespace.SetName(w.Namespace)
	return wait.Gone(ctx, w.config, "", []*unstructured.Unstructured{namespace}, namespaceTimeout)
}

// Missing names what this cluster lacks to show whether the promise is kept.
func (w *World) Missing(p Promise) []string { return w.features.Missing(p.Needs) }

// Config is the connection to the cluster, a copy for each caller.
func (w *World) Config() *rest.Config { return rest.CopyConfig(w.config) }

// History is the release's, oldest revision first.
func (w *World) History(ctx context.Context) ([]helm.Release, error) {
	return w.helm.History(ctx, Release)
}

// Ledger is that of the newest revision.
func (w *World) Ledger() ledger.Ledger { return w.ledgers[w.release.Revision] }

// settle waits until the revision is all there is, and writes its ledger. What the
// revision before had and this one has not must be gone, with all that it owned.
func (w *World) settle(ctx context.Context, now *helm.Release) error {
	wanted, err := now.Objects()
	if err != nil {
		return err
	}
	gone, err := w.dropped(wanted)
	if err != nil {
		return err
	}
	w.release = now
	err = wait.ReadyWith(ctx, w.objects, wait.Request{Namespace: w.Namespace, Objects: wanted, Gone: gone, Timeout: readyTimeout})
	if err != nil {
		return fmt.Errorf("revision %d of %q: %w", now.Revision, now.Name, err)
	}
	entry, err := w.capture(ctx, wanted)
	if err != nil {
		return errors.Join(fmt.Errorf("writing the ledger of revision %d", now.Revision), err)
	}
	w.ledgers[now.Revision] = entry
	return nil
}

// capture writes the ledger of what is there now. What the workshop's revisions could have
// left behind is of the kinds that the chart has.
func (w *World) capture(ctx context.Context, wanted []*unstructured.Unstructured) (ledger.Ledger, error) {
	for _, object := range wanted {
		if kind := object.GroupVersionKind().GroupKind(); !slices.Contains(w.kinds, kind) {
			w.kinds = append(w.kinds, kind)
		}
	}
	return ledger.CaptureWith(ctx, w.objects, ledger.Request{Namespace: w.Namespace, Objects: wanted, Release: Release, Kinds: w.kinds})
}

// dropped lists the objects of the revision before that are not among the wanted ones.
func (w *World) dropped(wanted []*unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	if w.release == nil {
		return nil, nil
	}
	before, err := w.release.Objects()
	if err != nil {
		return nil, err
	}
	key := func(object *unstructured.Unstructured) string { return object.GetKind() + "/" + object.GetName() }
	stays := map[string]bool{}
	for _, object := range wanted {
		stays[key(object)] = true
	}
	var gone []*unstructured.Unstructured
	for _, object := range before {
		if !stays[key(object)] {
			gone = append(gone, object)
		}
	}
	return gone, nil
}
