package resilience

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/cluster/kind"
	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/outcome"
	"seatrial/e2e/framework/retry"
	"seatrial/e2e/framework/wait"
)

const (
	// nodesTimeout is for one fault of real nodes, and for the cluster that has them.
	nodesTimeout = 10 * time.Minute
	// brokenTimeout is what a wait gets while something is broken that it cannot mend, mendedTimeout what it gets otherwise.
	brokenTimeout = 10 * time.Second
	mendedTimeout = 3 * time.Minute
	// lookPause is between two looks at nodes: some of what is waited for here is on no API server.
	lookPause = 200 * time.Millisecond
	// readPause is between two reads whose time is taken: longer than a slowed store goes on at a time.
	readPause = 70 * time.Millisecond
)

// What breaks on real nodes passes, or is told by what it looks like to an API server: a pod that does not start, a node that
// nobody hears of. One cluster is broken again and again, one fault after the other.
var _ = Describe("Faults of real nodes", Label("faults", "nodes"), Ordered, ContinueOnFailure, func() {
	if assets.FromEnvironment().NoNodes() {
		return // The provider that is wanted has none.
	}
	var table *outcome.Table
	var release *nodesRelease // none where there is no cluster to break
	begin := func(ctx SpecContext) {
		GinkgoHelper()
		release = newNodesRelease(ctx, newNodes(ctx))
		DeferCleanup(func() { release = nil })
	}
	BeforeAll(func(ctx SpecContext) {
		table = outcome.New("faults-of-nodes", "Faults of real nodes")
		begin(ctx)
	}, NodeTimeout(nodesTimeout))
	for _, fault := range nodeFaults() {
		title := fault.name + ", during " + strings.Join(fault.during, ", ")
		It("are ridden out, or the wait names what is missing, and the release is proven once they are mended: "+title, func(ctx SpecContext) {
			if release == nil {
				begin(ctx)
			}
			rows := release.under(ctx, fault)
			if slices.ContainsFunc(rows, func(row outcome.Row) bool { return !row.Held }) {
				// What a fault has done to a cluster once may be a fault of Kubernetes itself: on a new one it has to come again.
				begin(ctx)
				rows = again(rows, release.under(ctx, fault))
			}
			table.Add(rows...)
			Expect(table.Write(tables())).To(Succeed())
			only := outcome.New(table.Name(), table.Title()+": "+title)
			only.Add(rows...)
			judge(only)
		}, NodeTimeout(2*nodesTimeout))
	}
})

// again is what came of a second try, told with what had not held at the first.
func again(first, second []outcome.Row) []outcome.Row {
	var before []string
	for _, row := range first {
		if !row.Held {
			before = append(before, row.Done+": "+row.Happened)
		}
	}
	for i := range second {
		second[i].Happened += "; that is the second try, after: " + strings.Join(before, "; ")
	}
	return second
}

// nodes is a kind cluster with a worker, and what is needed to break it.
type nodes struct {
	cluster.Cluster

	prepared assets.Assets
	engine   *engine.Engine
	config   *rest.Config
	client   *cluster.Connection
}

// preparedNodes is what was prepared for the provider that is wanted. The suite's own cluster has no nodes, and may have been
// prepared without.
func preparedNodes() assets.Assets {
	GinkgoHelper()
	prepared, err := assets.Load(assets.FromEnvironment())
	Expect(err).ToNot(HaveOccurred())
	if prepared.NodeImage == "" {
		Skip("no provider kind here: " + prepared.WithoutNodes)
	}
	return prepared
}

func newNodes(ctx SpecContext) *nodes {
	GinkgoHelper()
	n := &nodes{prepared: preparedNodes()}
	var err error
	n.engine, err = assets.FindEngine(ctx, engine.Options{Want: n.prepared.Engine})
	Expect(err).ToNot(HaveOccurred())
	if !n.engine.DNS {
		Skip("no cluster of several nodes here: " + n.engine.Name + " has no DNS for its containers")
	}
	provider, err := kind.New(n.engine, kind.Options{Dir: GinkgoT().TempDir(), Artifacts: handle.Artifacts})
	Expect(err).ToNot(HaveOccurred())
	n.Cluster, err = provider.Create(ctx, cluster.Spec{
		Workers: 1, NodeImage: n.prepared.NodeImage, Images: n.prepared.Images,
		Progress: func(line string) { GinkgoWriter.Println(line) },
	})
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(func(ctx SpecContext) error { return n.Delete(ctx) }, NodeTimeout(2*time.Minute))
	n.config, err = cluster.RESTConfig(n.Cluster)
	Expect(err).ToNot(HaveOccurred())
	n.client, err = cluster.Connect(n.Kubeconfig())
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(n.client.Close)
	return n
}

func (n *nodes) worker() string  { return n.Name() + "-worker" }
func (n *nodes) control() string { return n.Name() + "-control-plane" }

// exec runs a shell script on a node.
func (n *nodes) exec(ctx context.Context, node, script string) error {
	if _, err := n.engine.Run(ctx, "exec", node, "sh", "-ec", script); err != nil {
		return fmt.Errorf("on node %q: %w", node, err)
	}
	return nil
}

// until looks again and again, until a look finds nothing wrong, or the time is over.
func until(ctx context.Context, timeout time.Duration, look func(context.Context) error) error {
	limited, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("not within %s", timeout))
	defer cancel()
	for {
		err := look(limited)
		if err == nil {
			return nil
		}
		if !retry.Pause(limited, lookPause) {
			return errors.Join(context.Cause(limited), err)
		}
	}
}

// condition waits until a node's condition has a status.
func (n *nodes) condition(ctx context.Context, name string, about corev1.NodeConditionType, wanted ...corev1.ConditionStatus) error {
	return until(ctx, mendedTimeout, func(ctx context.Context) error {
		node, err := n.client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		for _, c := range node.Status.Conditions {
			if c.Type == about && slices.Contains(wanted, c.Status) {
				return nil
			}
		}
		return fmt.Errorf("node %q has no condition %s that is %q", name, about, wanted)
	})
}

// well waits until the cluster is as it was made: the API server answers, every node takes pods, and what belongs to the cluster
// itself runs.
func (n *nodes) well(ctx context.Context) error {
	if err := wait.API(ctx, n.config, mendedTimeout); err != nil {
		return err
	}
	return until(ctx, mendedTimeout, func(ctx context.Context) error {
		found, err := n.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		for i := range found.Items {
			if err := nodeTrouble(&found.Items[i]); err != nil {
				return err
			}
		}
		pods, err := n.client.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		for i := range pods.Items {
			if pod := &pods.Items[i]; pod.Namespace != namespaceOfNodes && !isReady(pod) {
				return fmt.Errorf("pod %q in %q is not ready", pod.Name, pod.Namespace)
			}
		}
		return nil
	})
}

// nodeTrouble says what keeps pods away from a node, but for the taint that every control plane has.
func nodeTrouble(node *corev1.Node) error {
	for _, taint := range node.Spec.Taints {
		if taint.Key != "node-role.kubernetes.io/control-plane" {
			return fmt.Errorf("node %q has the taint %q", node.Name, taint.ToString())
		}
	}
	for _, c := range node.Status.Conditions {
		if c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue {
			return nil
		}
	}
	return fmt.Errorf("node %q is not ready", node.Name)
}

func isReady(pod *corev1.Pod) bool {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// answers is how long a read takes that has to ask the store: the one in the middle of several, which do not come in a row, so that
// not all of them fall into the same moment.
func (n *nodes) answers(ctx context.Context) (time.Duration, error) {
	const reads = 9
	took := make([]time.Duration, 0, reads)
	for range reads {
		start := time.Now()
		if _, err := n.client.CoreV1().Namespaces().Get(ctx, metav1.NamespaceSystem, metav1.GetOptions{}); err != nil {
			return 0, err
		}
		took = append(took, time.Since(start))
		retry.Pause(ctx, readPause)
	}
	slices.Sort(took)
	return took[reads/2], nil
}

// killPods deletes a pod of each Deployment, as soon as all have one, without giving it time to end. It says which.
func (n *nodes) killPods(ctx context.Context) (string, error) {
	var names []string
	err := until(ctx, mendedTimeout, func(ctx context.Context) (err error) {
		names, err = n.podOfEach(ctx)
		return err
	})
	for _, name := range names {
		gone := n.client.CoreV1().Pods(namespaceOfNodes).Delete(ctx, name, *metav1.NewDeleteOptions(0))
		if gone != nil && !apierrors.IsNotFound(gone) {
			err = errors.Join(err, gone)
		}
	}
	return "killed " + strings.Join(names, ", "), err
}

// podOfEach names a pod of each Deployment, or says which has none.
func (n *nodes) podOfEach(ctx context.Context) ([]string, error) {
	deployments, err := n.client.AppsV1().Deployments(namespaceOfNodes).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	pods, err := n.client.CoreV1().Pods(namespaceOfNodes).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range deployments.Items {
		of := deployments.Items[i].Name
		at := slices.IndexFunc(pods.Items, func(pod corev1.Pod) bool {
			owner := metav1.GetControllerOf(&pod)
			return pod.DeletionTimestamp == nil && owner != nil && owner.Name == of+"-"+pod.Labels[appsv1.DefaultDeploymentUniqueLabelKey]
		})
		if at < 0 {
			return nil, fmt.Errorf("deployment %q has no pod", of)
		}
		names = append(names, pods.Items[at].Name)
	}
	return names, nil
}
