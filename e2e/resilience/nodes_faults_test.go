package resilience

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// slowAtLeast is how much longer a read takes for the store to count as slowed: it is stopped for a quarter of a second at a time.
	slowAtLeast = 100 * time.Millisecond
	// slowTimeout is for a look at it, on a machine that may have been slow before, too.
	slowTimeout = 30 * time.Second
	// kubeletConfig is where kubeadm puts it.
	kubeletConfig = "/var/lib/kubelet/config.yaml"
	// controllerManager is the manifest from which the control plane's kubelet runs it.
	controllerManager = "/etc/kubernetes/manifests/kube-controller-manager.yaml"
)

// nodeFault is something that breaks on real nodes.
type nodeFault struct {
	name string
	// during are the steps of a release during which it breaks; the others are done in peace.
	during []string
	// begin breaks it before a step, and amid at one of the step's writes.
	begin, amid func(ctx context.Context, n *nodes) error
	// after breaks it when Helm is done and the pods are on their way, and says what.
	after func(ctx context.Context, n *nodes) (string, error)
	// end mends it; nil for what mends itself.
	end func(ctx context.Context, n *nodes) error
	// tidy does what people do when all runs again; nil if there is nothing to do.
	tidy func(ctx context.Context, n *nodes) error
	// told are words of which the wait's error has one, for a fault that does not pass by itself.
	told []string
	// evidence says by what it can be seen that something is broken, or an error that nothing is.
	evidence func(ctx context.Context, n *nodes) (string, error)
}

func nodeFaults() []nodeFault {
	slowed := &slowStore{}
	return []nodeFault{
		killedServer(upgrading),
		{
			name: "a pod of each workload killed as soon as Helm is done", during: []string{installing, upgrading, rollingBack},
			after: func(ctx context.Context, n *nodes) (string, error) { return n.killPods(ctx) },
		},
		{
			name: "etcd slowed: stopped five sixths of the time", during: []string{upgrading},
			begin: slowed.begin, end: slowed.end, evidence: slowed.evidence,
		},
		{
			name: "the worker's kubelet stopped", during: []string{upgrading},
			begin: inTurn(noticeSoon, onWorker("systemctl stop kubelet"), workerLost), end: onWorker("systemctl start kubelet"),
			told: []string{"Kubelet stopped posting node status"},
		},
		{
			name: "the worker stopped", during: []string{upgrading},
			begin: inTurn(asEngine("stop", "--time", "2"), workerLost), end: inTurn(asEngine("start"), introduce),
			told: []string{"Kubelet stopped posting node status"},
		},
		{
			name: "no room on the worker's disk, for its kubelet", during: []string{upgrading},
			begin: inTurn(evictBelow("99%"), workerPressed), end: inTurn(evictBelow("0%"), workerRelieved, loadAgain), tidy: clearAway,
			told: []string{"DiskPressure"},
		},
		// Clients of an API server that dies again within minutes come back to it the later: this death is long after the others.
		killedServer(rollingBack),
	}
}

// killedServer is the death of the API server. A kubelet starts a container the later the oftener it has ended; one that is
// restarted itself starts it at once, as after a single death.
func killedServer(during ...string) nodeFault {
	return nodeFault{
		name: "the API server killed in the middle of Helm's writes", during: during,
		amid: onControl(`kill -9 $(pidof kube-apiserver)`), end: onControl("systemctl restart kubelet"),
	}
}

func onWorker(script string) func(context.Context, *nodes) error {
	return func(ctx context.Context, n *nodes) error { return n.exec(ctx, n.worker(), script) }
}

func onControl(script string) func(context.Context, *nodes) error {
	return func(ctx context.Context, n *nodes) error { return n.exec(ctx, n.control(), script) }
}

// asEngine gives the worker to a command of the engine.
func asEngine(words ...string) func(context.Context, *nodes) error {
	return func(ctx context.Context, n *nodes) error {
		_, err := n.engine.Run(ctx, append(append([]string(nil), words...), n.worker())...)
		return err
	}
}

func inTurn(all ...func(context.Context, *nodes) error) func(context.Context, *nodes) error {
	return func(ctx context.Context, n *nodes) error {
		for _, one := range all {
			if err := one(ctx, n); err != nil {
				return err
			}
		}
		return nil
	}
}

func workerLost(ctx context.Context, n *nodes) error {
	return n.condition(ctx, n.worker(), corev1.NodeReady, corev1.ConditionUnknown)
}

func workerPressed(ctx context.Context, n *nodes) error {
	return n.condition(ctx, n.worker(), corev1.NodeDiskPressure, corev1.ConditionTrue)
}

func workerRelieved(ctx context.Context, n *nodes) error {
	return n.condition(ctx, n.worker(), corev1.NodeDiskPressure, corev1.ConditionFalse)
}

// setting is a shell script that gives a kubelet's configuration a value at its top level.
func setting(key, value string) string {
	return fmt.Sprintf("sed -i '/^%s:/d' %s; echo '%s: %s' >> %s\n", key, kubeletConfig, key, value, kubeletConfig)
}

// noticeSoon lets the cluster notice within seconds that a node is gone, instead of after most of a minute: kubelets say more
// often that they are there, and the controller manager takes it amiss sooner if they do not.
func noticeSoon(ctx context.Context, n *nodes) error {
	often := setting("nodeStatusUpdateFrequency", "2s") + setting("nodeLeaseDurationSeconds", "8") + "systemctl restart kubelet"
	soon := "sed -i 's/^    - kube-controller-manager$/&\\n    - --node-monitor-grace-period=12s\\n    - --node-monitor-period=2s/' " + controllerManager
	var both errgroup.Group
	both.Go(func() error { return n.exec(ctx, n.worker(), often) })
	both.Go(func() error { return n.exec(ctx, n.control(), soon+"\n"+often) })
	if err := both.Wait(); err != nil {
		return err
	}
	return n.well(ctx)
}

// evictBelow restarts the worker's kubelet with another opinion on how much of its disk has to be free. The disk is that of this
// machine, which must not be filled.
func evictBelow(free string) func(context.Context, *nodes) error {
	return onWorker(fmt.Sprintf(`sed -i 's/nodefs.available: .*/nodefs.available: "%s"/' %s`+"\n", free, kubeletConfig) +
		setting("evictionPressureTransitionPeriod", "1s") + "systemctl restart kubelet")
}

// introduce tells a worker that was started again where the control plane is, as package kind does with a new one.
func introduce(ctx context.Context, n *nodes) error {
	control, err := n.client.CoreV1().Nodes().Get(ctx, n.control(), metav1.GetOptions{})
	if err != nil {
		return err
	}
	for _, address := range control.Status.Addresses {
		if address.Type == corev1.NodeInternalIP {
			return n.exec(ctx, n.worker(), fmt.Sprintf("echo '%s %s' >> /etc/hosts", address.Address, n.control()))
		}
	}
	return fmt.Errorf("node %q has no address", n.control())
}

// loadAgain brings back the images that a kubelet short of room has deleted, because no container needed them at the moment.
func loadAgain(ctx context.Context, n *nodes) error {
	return n.LoadImages(ctx, n.prepared.Images...)
}

// clearAway deletes the pods that have ended: they were evicted, or refused by a kubelet that had yet to see that there is room
// again. They stay until somebody does.
func clearAway(ctx context.Context, n *nodes) error {
	pods, err := n.client.CoreV1().Pods(namespaceOfNodes).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range pods.Items {
		pod := &pods.Items[i]
		if pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded {
			err = errors.Join(err, n.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, *metav1.NewDeleteOptions(0)))
		}
	}
	return err
}

// slowStore stops etcd in a rhythm, so that every read and write has to wait for its turn.
type slowStore struct{ before time.Duration }

func (s *slowStore) begin(ctx context.Context, n *nodes) (err error) {
	if s.before, err = n.answers(ctx); err != nil {
		return err
	}
	// It ends by itself, should nobody end it.
	return n.exec(ctx, n.control(), `pid=$(pidof etcd)
touch /run/slow
{
	for turn in $(seq 400); do
		[ -e /run/slow ] || break
		kill -STOP $pid; sleep 0.25; kill -CONT $pid; sleep 0.05
	done
} < /dev/null > /dev/null 2>&1 &`)
}

func (s *slowStore) end(ctx context.Context, n *nodes) error {
	return n.exec(ctx, n.control(), "rm -f /run/slow")
}

func (s *slowStore) evidence(ctx context.Context, n *nodes) (string, error) {
	told := ""
	err := until(ctx, slowTimeout, func(ctx context.Context) error {
		now, err := n.answers(ctx)
		if err != nil {
			return err
		}
		told = fmt.Sprintf("a read takes %s instead of %s", now.Round(time.Millisecond), s.before.Round(time.Millisecond/10))
		if now < s.before+slowAtLeast {
			return errors.New("nothing is slowed: " + told)
		}
		return nil
	})
	return told, err
}
