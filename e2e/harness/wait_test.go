package harness

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/matcher"
	"seatrial/e2e/framework/wait"
)

// stuckTimeout is long enough for a node to find out what is wrong with a pod.
const stuckTimeout = 10 * time.Second

// steadyTime is long enough to see that a program ends as soon as it has started.
const steadyTime = 2 * time.Second

// runs marks specs in which a program has to do something.
var runs = Label("containers")

var _ = Describe("Waiting for a release", Label("wait"), func() {
	var b *bench

	BeforeEach(func() {
		if slices.Contains(CurrentSpecReport().Labels(), runs[0]) {
			needs(cluster.Features{Containers: true})
		}
	})

	BeforeEach(func(ctx SpecContext) { b = newBench(ctx) })

	It("ends when the pods are ready and the Service sends to them", func(ctx SpecContext) {
		all := b.create(ctx, redisDeployment, redisService)
		Expect(b.ready(ctx, all...)).To(Succeed())

		Expect(b.kube.AppsV1().Deployments(b.namespace).Get(ctx, "redis", metav1.GetOptions{})).To(matcher.BeAvailable())
		Expect(b.pods(ctx)).To(And(HaveLen(1), HaveEach(matcher.BeReady().WithoutRestarts())))
		slices, err := b.kube.DiscoveryV1().EndpointSlices(b.namespace).List(ctx, metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=redis"})
		Expect(err).NotTo(HaveOccurred())
		Expect(slices.Items).To(ConsistOf(HaveField("Endpoints", ConsistOf(HaveField("Conditions.Ready", HaveValue(Equal(true)))))))
	})

	It("ends when the last pod of the revision before is gone", func(ctx SpecContext) {
		all := b.create(ctx, shell("stubborn", "trap : TERM; while true; do sleep 1; done", ""))
		Expect(b.ready(ctx, all...)).To(Succeed())
		before := b.pods(ctx)
		b.patch(ctx, all[0], `{"spec": {"template": {"metadata": {"annotations": {"revision": "2"}}}}}`)

		Expect(b.ready(ctx, all...)).To(Succeed())
		Expect(b.pods(ctx)).To(And(HaveLen(1), HaveEach(matcher.BeReady()), Not(matcher.BeTheSamePodsAs(before))))
	})

	It("ends when what was removed is gone with all it owned", func(ctx SpecContext) {
		all := b.create(ctx, shell("stubborn", "trap : TERM; while true; do sleep 1; done", ""), redisService)
		Expect(b.ready(ctx, all...)).To(Succeed())
		b.remove(ctx, all...)

		Expect(wait.Gone(ctx, b.config, b.namespace, all, readyTimeout)).To(Succeed())
		Expect(b.pods(ctx)).To(BeEmpty())
		Expect(b.kube.AppsV1().ReplicaSets(b.namespace).List(ctx, metav1.ListOptions{})).To(HaveField("Items", BeEmpty()))
		Expect(b.kube.DiscoveryV1().EndpointSlices(b.namespace).List(ctx, metav1.ListOptions{})).To(HaveField("Items", BeEmpty()))
	})

	It("notices a change as soon as it is made", func(ctx SpecContext) {
		const settings = "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}"
		made := make(chan time.Time, 1)
		var once sync.Once
		err := wait.Ready(ctx, b.config, wait.Request{
			Namespace: b.namespace, Objects: manifest(settings), Timeout: readyTimeout,
			Progress: func(wait.Status) {
				once.Do(func() {
					b.create(ctx, settings)
					made <- time.Now()
				})
			},
		})
		Expect(err).NotTo(HaveOccurred())
		// A wait that misses a change ends with its timeout, or looks again much later.
		Expect(time.Since(<-made)).To(BeNumerically("<", readyTimeout/4))
	})

	It("has a claim bound when a pod uses it, and asks for nothing before", func(ctx SpecContext) {
		claim := b.create(ctx, `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Mi}}
`)
		Expect(b.ready(ctx, claim...)).To(Succeed())

		pod := b.create(ctx, `
apiVersion: v1
kind: Pod
metadata: {name: user}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: redis, image: "localhost/seatrial/redis:7", imagePullPolicy: Never, args: [redis-server], volumeMounts: [{name: data, mountPath: /data}]}
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
`)
		Expect(b.ready(ctx, append(claim, pod...)...)).To(Succeed())
		Expect(b.kube.CoreV1().PersistentVolumeClaims(b.namespace).Get(ctx, "data", metav1.GetOptions{})).To(
			HaveField("Status.Phase", corev1.ClaimBound))
	})

	It("survives that its connections are cut", func(ctx SpecContext) {
		all := b.create(ctx, shell("slow", "sleep 3; touch /data/up; sleep 600",
			`readinessProbe: {periodSeconds: 1, exec: {command: [test, -e, /data/up]}}`))
		// A simulated pod may be ready at once. This is missing until the first cut is made, and seen after it.
		const settings = "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}"
		all = append(all, manifest(settings)...)
		var wire cutter
		var once sync.Once
		config := *b.config
		config.Dial = wire.dial
		err := wait.Ready(ctx, &config, wait.Request{
			Namespace: b.namespace, Objects: all, Timeout: readyTimeout,
			Progress: func(wait.Status) {
				wire.cut()
				once.Do(func() { b.create(ctx, settings) })
			},
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(wire.cuts()).To(BeNumerically(">", 1))
	})

	It("says what was missing when it is cancelled, and leaves nothing running", func(ctx SpecContext) {
		all := b.create(ctx, redisDeployment)
		missing := append(all, manifest("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}")...)
		before := gleak.Goroutines()
		stopped := errors.New("nobody wants to know any more")
		waiting, cancel := context.WithCancelCause(ctx)
		err := wait.Ready(waiting, b.config, wait.Request{
			Namespace: b.namespace, Objects: missing, Timeout: readyTimeout,
			Progress: func(s wait.Status) {
				if len(s.Unready) == 1 {
					cancel(stopped)
				}
			},
		})
		Expect(err).To(MatchError(stopped))
		Expect(err).To(MatchError(ContainSubstring("1 outstanding\n  ConfigMap/settings: does not exist")))
		Eventually(gleak.Goroutines).WithContext(ctx).WithTimeout(soon).ShouldNot(gleak.HaveLeaked(before))
	})

	It("knows when the API server is ready", func(ctx SpecContext) {
		Expect(wait.API(ctx, b.config, readyTimeout)).To(Succeed())
	})

	DescribeTable(
		"names the pod and its trouble",
		func(ctx SpecContext, document string, expected ...string) {
			all := b.create(ctx, document)
			err := wait.Ready(ctx, b.config, wait.Request{
				Namespace: b.namespace, Objects: all, Timeout: stuckTimeout, Steady: steadyTime,
			})

			var timeout *wait.TimeoutError
			Expect(errors.As(err, &timeout)).To(BeTrueBecause("it ended with %v", err))
			AddReportEntry("message", err.Error(), ReportEntryVisibilityFailureOrVerbose)
			Expect(strings.Split(err.Error(), "\n")).To(HaveLen(2), "one line on the whole, one for the object")
			for _, text := range append(expected, "Deployment/"+all[0].GetName(), "Pod/"+b.pods(ctx)[0].Name) {
				Expect(err).To(MatchError(ContainSubstring(text)))
			}
		},
		Entry("when its probe never succeeds", runs,
			shell("unready", "sleep 600", `readinessProbe: {periodSeconds: 1, exec: {command: [sh, -c, "echo not today; exit 1"]}}`),
			"runs but is not ready", "Readiness probe", "not today"),
		Entry("when it needs a claim that nobody made",
			strings.Replace(shell("claiming", "sleep 600", ""), "      containers:", "      volumes: [{name: d, persistentVolumeClaim: {claimName: never}}]\n      containers:", 1),
			"unschedulable", `persistentvolumeclaim "never" not found`),
		Entry("when it needs a ConfigMap that nobody made",
			shell("unset", "sleep 600", "envFrom: [{configMapRef: {name: never}}]"), "CreateContainerConfigError", `configmap "never" not found`),
	)

	DescribeTable(
		"ends at once when waiting cannot help",
		func(ctx SpecContext, document string, expected ...string) {
			err := b.ready(ctx, b.create(ctx, document)...)

			var failed *wait.FailedError
			Expect(errors.As(err, &failed)).To(BeTrueBecause("it ended with %v", err))
			AddReportEntry("message", err.Error(), ReportEntryVisibilityFailureOrVerbose)
			Expect(failed.Waited).To(BeNumerically("<", readyTimeout*3/4))
			for _, text := range expected {
				Expect(err).To(MatchError(ContainSubstring(text)))
			}
		},
		Entry("for an image name that is none",
			strings.Replace(shell("typo", "true", ""), "localhost/seatrial/redis:7", "localhost/Seatrial/Redis:7", 1),
			"InvalidImageName", "localhost/Seatrial/Redis:7"),
		Entry("for an image that no registry has", runs,
			strings.Replace(shell("absent", "true", ""), "seatrial/redis:7\n        imagePullPolicy: Never", "seatrial/absent:v9", 1),
			"ImagePull", `given up: image "localhost/seatrial/absent:v9" cannot be pulled`),
		Entry("for a program that crashes again and again", runs,
			shell("crashing", "echo no settings > /dev/termination-log; exit 3", "readinessProbe: {exec: {command: [sh, -c, exit 1]}}"),
			"exit code 3", "no settings", `given up: container "app" ends again and again`),
		Entry("for a pod that no node could take",
			shell("huge", "sleep 600", `resources: {requests: {cpu: "1000"}}`),
			"unschedulable", "Insufficient cpu", "could ever take its pod", "of 1k that it wants"),
		Entry("for a node that does not exist",
			strings.Replace(shell("picky", "sleep 600", ""), "      containers:", "      nodeSelector: {seatrial.example/disk: fast}\n      containers:", 1),
			"could ever take its pod", "does not match its node selector"),
		Entry("for a service account that nobody made",
			strings.Replace(shell("nobody", "sleep 600", ""), "      containers:", "      serviceAccountName: never\n      containers:", 1),
			"FailedCreate", "given up: the service account of its pods is not there"),
		Entry("for a claim of a class that nobody made", `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {storageClassName: never, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
`, `given up: there is no StorageClass "never"`),
		Entry("for a Job that has failed", runs, `
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{name: app, image: "localhost/seatrial/redis:7", imagePullPolicy: Never, command: [sh, -c, exit 7]}]
`, "Job/migrate: failed: BackoffLimitExceeded", "exit code 7"),
		Entry("for a progress deadline that is over", runs,
			strings.Replace(shell("late", "sleep 600", "readinessProbe: {exec: {command: [sh, -c, exit 1]}}"), "spec:\n  selector", "spec:\n  progressDeadlineSeconds: 10\n  selector", 1),
			"its progress deadline is over", "runs but is not ready"),
	)
})

// cutter is a dialler whose connections can all be cut at once.
type cutter struct {
	mu    sync.Mutex
	open  []net.Conn
	times int
}

func (c *cutter) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = append(c.open, conn)
	return conn, nil
}

func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.times++
	for _, conn := range c.open {
		// The other end may have closed it; then it is cut already.
		_ = conn.Close()
	}
	c.open = nil
}

func (c *cutter) cuts() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.times
}
