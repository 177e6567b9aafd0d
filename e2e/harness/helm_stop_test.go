package harness

import (
	"context"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gleak"
	"github.com/onsi/gomega/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/retry"
)

const (
	// soon is for what the cluster does in its own time.
	soon = 30 * time.Second
	// atOnce is how long an operation that is stopped may take to return: much less than it
	// would have gone on, and enough for a machine that is busy with other things.
	atOnce = 10 * time.Second
	// neverTimeout ends an operation that can never succeed, after it has come to where it
	// is stuck.
	neverTimeout = 5 * time.Second
)

var _ = Describe("A Helm operation", Label("helm"), func() {
	var (
		namespace string
		client    *helm.Client
		hooked    *helm.Chart
	)

	BeforeEach(func(ctx SpecContext) {
		namespace = newNamespace(ctx)
		client = newHelm(helm.Options{Namespace: namespace})
		hooked = loadChart("hooked")
	})

	It("waits for hooks", func(ctx SpecContext) {
		installed, err := client.Install(ctx, "story", hooked, helm.Values{"events": "pre-install"})
		Expect(err).NotTo(HaveOccurred())
		Expect(installed.Hooks).To(ConsistOf(And(
			HaveField("Kind", "Job"),
			HaveField("Name", "story-hook"),
			HaveField("Events", ConsistOf("pre-install")),
			HaveField("Phase", "Succeeded"),
			HaveField("Started", Not(BeZero())),
		)))
	})

	It("fails with its hooks, and says which", func(ctx SpecContext) {
		Expect(client.Install(ctx, "story", hooked, helm.Values{"events": "pre-install", "ends": "failed"})).Error().To(MatchError(
			ContainSubstring(`waiting for Job "story-hook" to complete: it failed: DeadlineExceeded`)))
		Expect(client.Status(ctx, "story")).To(HaveValue(HaveField("Status", helm.StatusFailed)))
	})

	It("leaves nothing pending when a hook of a rollback fails", func(ctx SpecContext) {
		Expect(client.Install(ctx, "story", hooked, helm.Values{"events": "pre-rollback", "ends": "failed"})).Error().NotTo(HaveOccurred())
		Expect(client.Upgrade(ctx, "story", hooked, helm.Values{"message": "two"})).Error().NotTo(HaveOccurred())
		Expect(client.Rollback(ctx, "story", 1)).Error().To(MatchError(ContainSubstring(`Job "story-hook"`)))
		Expect(history(ctx, client, "story")).To(HaveExactElements(
			HavePrefix("1 superseded"), HavePrefix("2 deployed"), HavePrefix("3 failed: Rollback failed: "),
		))
		Expect(client.Upgrade(ctx, "story", hooked, helm.Values{"message": "three"})).Error().NotTo(HaveOccurred())
	})

	DescribeTable("that is stopped while it waits for a hook returns at once, and the release can be upgraded",
		func(ctx SpecContext, event string, act func(context.Context, *helm.Client, *helm.Chart, helm.Values) error, remembered ...string) {
			never := helm.Values{"events": event, "ends": "never"}
			if event != "pre-install" {
				Expect(client.Install(ctx, "story", hooked, never)).Error().NotTo(HaveOccurred())
			}
			before := gleak.Goroutines()

			var at time.Time
			stopped, stop := context.WithCancel(ctx)
			go func() {
				defer GinkgoRecover()
				defer stop()
				Eventually(ctx, jobs).WithArguments(namespace).WithTimeout(soon).Should(ConsistOf("story-hook"))
				at = time.Now()
			}()
			err := act(stopped, client, hooked, never)
			Expect(at).To(BeTemporally("~", time.Now(), atOnce))
			Expect(err).To(And(
				MatchError(context.Canceled),
				MatchError(ContainSubstring(`Job "story-hook"`)),
			))
			Expect(err).NotTo(MatchError(helm.ErrUnreachable))

			Eventually(ctx, gleak.Goroutines).WithTimeout(soon).ShouldNot(gleak.HaveLeaked(before, connections()))
			Expect(history(ctx, client, "story")).To(HaveExactElements(prefixes(remembered)...))
			Expect(client.Upgrade(ctx, "story", hooked, helm.Values{"ends": "done"})).To(
				HaveValue(HaveField("Status", helm.StatusDeployed)))
		},
		Entry("an installation", "pre-install",
			func(ctx context.Context, client *helm.Client, chart *helm.Chart, values helm.Values) error {
				_, err := client.Install(ctx, "story", chart, values)
				return err
			}, "1 failed: Install cancelled: "),
		Entry("an upgrade", "post-upgrade",
			func(ctx context.Context, client *helm.Client, chart *helm.Chart, values helm.Values) error {
				_, err := client.Upgrade(ctx, "story", chart, values)
				return err
			}, "1 deployed: ", "2 failed: Upgrade cancelled: "),
		Entry("a rollback", "pre-rollback",
			func(ctx context.Context, client *helm.Client, _ *helm.Chart, _ helm.Values) error {
				_, err := client.Rollback(ctx, "story", 1)
				return err
			}, "1 deployed: ", "2 failed: Rollback cancelled: "),
	)

	It("can be repeated when it was an uninstallation that was stopped", func(ctx SpecContext) {
		const many = 300
		Expect(client.Install(ctx, "story", loadChart("notes"), helm.Values{"copies": many})).Error().NotTo(HaveOccurred())
		stopped, stop := context.WithCancel(ctx)
		go func() {
			defer GinkgoRecover()
			defer stop()
			Eventually(ctx, configMaps).WithArguments(namespace).WithTimeout(soon).WithPolling(time.Millisecond).ShouldNot(HaveLen(many + 1))
		}()
		Expect(client.Uninstall(stopped, "story")).To(MatchError(context.Canceled))
		Expect(client.Status(ctx, "story")).To(HaveValue(HaveField("Status", helm.StatusUninstalling)))
		Expect(client.Upgrade(ctx, "story", hooked, nil)).Error().To(MatchError(helm.ErrNothingDeployed))
		Expect(client.Uninstall(ctx, "story")).To(Succeed())
		Expect(configMaps(ctx, namespace)).To(BeEmpty())
	})

	It("that takes too long says what it waited for", func(ctx SpecContext) {
		short := newHelm(helm.Options{Namespace: namespace, Timeout: neverTimeout})
		Expect(short.Install(ctx, "story", hooked, helm.Values{"events": "pre-install", "ends": "never"})).Error().To(And(
			MatchError(context.DeadlineExceeded),
			MatchError(ContainSubstring("stopped by the timeout of 5s")),
			MatchError(ContainSubstring(`waiting for Job "story-hook" to complete`)),
			MatchError(ContainSubstring("0 pods active, 0 succeeded, 0 failed")),
		))
		Expect(history(ctx, client, "story")).To(HaveExactElements(HavePrefix("1 failed: Install timed out: ")))
	})

	It("that is stopped among many objects stops creating them", func(ctx SpecContext) {
		const many = 500
		var at time.Time
		stopped, stop := context.WithCancel(ctx)
		go func() {
			defer GinkgoRecover()
			defer stop()
			Eventually(ctx, configMaps).WithArguments(namespace).WithTimeout(soon).WithPolling(5 * time.Millisecond).ShouldNot(BeEmpty())
			at = time.Now()
		}()
		before := gleak.Goroutines()
		_, err := client.Install(stopped, "story", loadChart("notes"), helm.Values{"copies": many})
		Expect(at).To(BeTemporally("~", time.Now(), atOnce))
		Expect(err).To(MatchError(context.Canceled))
		Expect(len(err.Error())).To(BeNumerically("<", 1000))
		Eventually(ctx, gleak.Goroutines).WithTimeout(soon).ShouldNot(gleak.HaveLeaked(before, connections()))

		// The server may still be at what it was asked for before.
		created := 0
		Eventually(ctx, func() (changed int) {
			before := created
			created = len(configMaps(ctx, namespace))
			return created - before
		}).WithTimeout(soon).WithPolling(200 * time.Millisecond).Should(BeZero())
		Expect(created).To(And(BeNumerically(">", 0), BeNumerically("<", many)))
		Consistently(ctx, configMaps).WithArguments(namespace).WithTimeout(200 * time.Millisecond).Should(HaveLen(created))
		Expect(history(ctx, client, "story")).To(HaveExactElements(HavePrefix("1 failed: Install cancelled: ")))
		Expect(client.Upgrade(ctx, "story", loadChart("notes"), helm.Values{"copies": 1})).Error().NotTo(HaveOccurred())
	})

	It("waits for nobody else's operation, but says so", func(ctx SpecContext) {
		By("leaving an installation pending, as one whose program died")
		proxied, cut := newCut(ctx)
		at := make(chan time.Time, 1)
		dying := newHelm(helm.Options{Namespace: namespace, Kubeconfig: proxied})
		go func() {
			defer GinkgoRecover()
			Eventually(ctx, jobs).WithArguments(namespace).WithTimeout(soon).Should(ConsistOf("story-hook"))
			at <- time.Now()
			cut()
		}()
		_, err := dying.Install(ctx, "story", hooked, helm.Values{"events": "pre-install", "ends": "never"})
		Expect(err).To(And(
			MatchError(helm.ErrUnreachable),
			MatchError(ContainSubstring(`Job "story-hook"`)),
			MatchError(ContainSubstring("revision 1 may stay pending")),
		))
		Expect(at).To(Receive(BeTemporally("~", time.Now(), retry.Patience+2*atOnce)))
		Expect(dying.Status(ctx, "story")).Error().To(MatchError(helm.ErrUnreachable))

		By("trying to go on from it")
		Expect(client.Status(ctx, "story")).To(HaveValue(HaveField("Status", helm.StatusPendingInstall)))
		Expect(client.Upgrade(ctx, "story", hooked, nil)).Error().To(And(
			MatchError(helm.ErrPending),
			MatchError(ContainSubstring("revision 1 is pending-install")),
		))
		Expect(client.Install(ctx, "story", hooked, nil)).Error().To(MatchError(helm.ErrReleaseExists))
		Expect(client.Rollback(ctx, "story", 1)).Error().NotTo(HaveOccurred())
		Expect(client.Upgrade(ctx, "story", hooked, nil)).To(HaveValue(HaveField("Status", helm.StatusDeployed)))
	})
})

// connections ignores the goroutines of connections that are kept for the next request.
func connections() types.GomegaMatcher {
	return gleak.IgnoringTopFunction("internal/poll.runtime_pollWait")
}

func prefixes(all []string) []any {
	matchers := make([]any, 0, len(all))
	for _, prefix := range all {
		matchers = append(matchers, HavePrefix(prefix))
	}
	return matchers
}

func jobs(ctx SpecContext, namespace string) ([]string, error) {
	list, err := kube().BatchV1().Jobs(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(list.Items))
	for _, item := range list.Items {
		names = append(names, item.Name)
	}
	return names, nil
}

// newCut returns a kubeconfig that leads to the suite's cluster through a proxy, and
// what cuts all its connections and lets no more through.
func newCut(ctx SpecContext) (path string, cut func()) {
	GinkgoHelper()
	file, err := clientcmd.LoadFromFile(kubeconfig())
	Expect(err).NotTo(HaveOccurred())
	cluster := file.Clusters[file.Contexts[file.CurrentContext].Cluster]
	server, err := url.Parse(cluster.Server)
	Expect(err).NotTo(HaveOccurred())

	proxy := newProxy(ctx, server.Host)
	cluster.TLSServerName = server.Hostname()
	cluster.Server = "https://" + proxy.listener.Addr().String()
	path = filepath.Join(GinkgoT().TempDir(), "kubeconfig")
	Expect(clientcmd.WriteToFile(*file, path)).To(Succeed())
	return path, proxy.cut
}

// proxy passes TCP connections on until it is cut.
type proxy struct {
	listener net.Listener
	target   string

	mu    sync.Mutex
	conns []net.Conn
}

func newProxy(ctx SpecContext, target string) *proxy {
	GinkgoHelper()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	Expect(err).NotTo(HaveOccurred())
	p := &proxy{listener: listener, target: target}
	DeferCleanup(p.cut)
	go p.accept(ctx)
	return p
}

func (p *proxy) accept(ctx context.Context) {
	for {
		in, err := p.listener.Accept()
		if err != nil {
			return
		}
		out, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.target)
		if err != nil {
			_ = in.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, in, out)
		p.mu.Unlock()
		go func() { _, _ = io.Copy(out, in) }()
		go func() { _, _ = io.Copy(in, out) }()
	}
}

func (p *proxy) cut() {
	_ = p.listener.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.conns {
		_ = conn.Close()
	}
}
