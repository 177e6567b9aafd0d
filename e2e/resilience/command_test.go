package resilience

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/crash"
	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/regression"
	"seatrial/e2e/framework/runid"
)

// The sweep works with Helm's libraries. This is the helm command itself, killed with SIGKILL in the middle of an upgrade.
var _ = Describe("The helm command that is killed in the middle of an upgrade", func() {
	var (
		config *rest.Config
		known  crash.Operation
	)

	BeforeEach(func() {
		var err error
		config, err = cluster.LoadRESTConfig(handle.Kubeconfig)
		Expect(err).ToNot(HaveOccurred())
		all, err := knownCrashes(crash.Result{})
		Expect(err).ToNot(HaveOccurred())
		known = operationOf(all, regression.Upgrade)
	})

	It("makes the same writes as its libraries, if nobody kills it", func(ctx SpecContext) {
		command, libraries := newUser(ctx), newUser(ctx)
		Expect(command.helm(ctx, install()...)).Error().ToNot(HaveOccurred())
		Expect(libraries.helm(ctx, install()...)).Error().ToNot(HaveOccurred())

		commands, sent := fault.NewRecorder(), fault.NewRecorder()
		Expect(command.through(ctx, config, commands.Wrap).helm(ctx, upgrade()...)).Error().ToNot(HaveOccurred())
		client, err := helm.New(helm.Options{Kubeconfig: handle.Kubeconfig, Namespace: libraries.namespace})
		Expect(err).ToNot(HaveOccurred())
		lean := guestbook().Second
		Expect(client.Through(sent.Wrap).Upgrade(ctx, "guestbook-demo", lean.Chart, lean.Values)).Error().ToNot(HaveOccurred())

		Expect(texts(commands.Writes())).To(Equal(texts(sent.Writes())))
		Expect(texts(sent.Writes())).To(HaveLen(len(known.Writes)))
	}, NodeTimeout(sweepTimeout))

	It("leaves the same history after each write as its libraries in the sweep", func(ctx SpecContext) {
		for k := range known.Writes {
			user := killedUpgrade(ctx, config, fault.Cut{Write: k + 1, Moment: fault.Served})
			expected := stateAfter(known, fault.Cut{Write: k + 1, Moment: fault.Served})
			Expect(user.history(ctx)).To(Equal(expected.History), "%s", expected.Point())
			Expect(user.status(ctx)).To(Equal(expected.History[len(expected.History)-1]), "%s", expected.Point())
		}
	}, NodeTimeout(sweepTimeout))

	It("refuses another upgrade, and rolls back, as its libraries in the sweep", func(ctx SpecContext) {
		cut := fault.Cut{Write: 1, Moment: fault.Served}
		user := killedUpgrade(ctx, config, cut)
		_, err := user.helm(ctx, upgrade()...)
		Expect(err).To(MatchError(ContainSubstring("another operation (install/upgrade/rollback) is in progress")))
		Expect(recoveryOf(stateAfter(known, cut), "upgrade again")).To(HaveField("Outcome", crash.Refused))

		Expect(user.helm(ctx, "rollback", "guestbook-demo", "1")).Error().ToNot(HaveOccurred())
		rolledBack := recoveryOf(stateAfter(known, cut), "rollback 1")
		Expect(rolledBack.Outcome).To(Equal(crash.Works))
		Expect(user.history(ctx)).To(Equal(rolledBack.History))
	}, NodeTimeout(sweepTimeout))
})

func install() []string { return []string{"install", "guestbook-demo", chartFolder()} }

func upgrade() []string {
	return []string{"upgrade", "guestbook-demo", chartFolder(), "--set", "redis.slaveEnabled=false,service.type=NodePort"}
}

// user is somebody with the helm command and a namespace.
type user struct{ kubeconfig, home, namespace string }

func newUser(ctx SpecContext) user {
	GinkgoHelper()
	client, err := cluster.Connect(handle.Kubeconfig)
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(client.Close)
	made, err := client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		GenerateName: "command-", Labels: map[string]string{cluster.RunLabel: runid.Current().String()},
	}}, metav1.CreateOptions{})
	Expect(err).ToNot(HaveOccurred())
	return user{kubeconfig: handle.Kubeconfig, home: GinkgoT().TempDir(), namespace: made.Name}
}

// through is the same user, whose requests pass a wrapper.
func (u user) through(ctx SpecContext, config *rest.Config, wrap fault.Wrapper) user {
	GinkgoHelper()
	gateway, err := fault.OpenGateway(ctx, config, wrap)
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(gateway.Close)
	u.kubeconfig = filepath.Join(GinkgoT().TempDir(), "kubeconfig")
	Expect(gateway.WriteKubeconfig(u.kubeconfig, u.namespace)).To(Succeed())
	return u
}

// killedUpgrade is a user whose helm was killed at a point of the upgrade.
func killedUpgrade(ctx SpecContext, config *rest.Config, cut fault.Cut) user {
	GinkgoHelper()
	u := newUser(ctx)
	Expect(u.helm(ctx, install()...)).Error().ToNot(HaveOccurred())
	cutter := fault.NewCutter(cut)
	doomed, kill := context.WithCancel(ctx)
	defer kill()
	go func() {
		select {
		case <-cutter.Dead():
			kill() // The process gets SIGKILL.
		case <-doomed.Done():
		}
	}()
	_, err := u.through(ctx, config, cutter.Wrap).helm(doomed, upgrade()...)
	Expect(err).To(HaveOccurred())
	Expect(cutter.Happened()).To(Equal(true), "%v", err)
	return u
}

func texts(writes []fault.Write) []string {
	var all []string
	for _, w := range writes {
		all = append(all, w.String())
	}
	return all
}

// helm runs the real command. Its error has what it printed.
func (u user) helm(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, handle.Assets.Helm(), args...)
	cmd.Env = []string{"KUBECONFIG=" + u.kubeconfig, "HOME=" + u.home, "HELM_NAMESPACE=" + u.namespace}
	var complaint strings.Builder
	cmd.Stderr = &complaint
	printed, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("helm %s: %w: %s", args[0], err, complaint.String())
	}
	return string(printed), nil
}

// history is what helm history lists: number and status.
func (u user) history(ctx context.Context) ([]string, error) {
	printed, err := u.helm(ctx, "history", "guestbook-demo", "-o", "json")
	if err != nil {
		return nil, err
	}
	var revisions []struct {
		Revision int    `json:"revision"`
		Status   string `json:"status"`
	}
	if err := json.Unmarshal([]byte(printed), &revisions); err != nil {
		return nil, err
	}
	var short []string
	for _, r := range revisions {
		short = append(short, fmt.Sprintf("%d %s", r.Revision, r.Status))
	}
	return short, nil
}

// status is what helm status says: number and status of the newest revision.
func (u user) status(ctx context.Context) (string, error) {
	printed, err := u.helm(ctx, "status", "guestbook-demo", "-o", "json")
	if err != nil {
		return "", err
	}
	var newest struct {
		Version int `json:"version"`
		Info    struct {
			Status helm.Status `json:"status"`
		} `json:"info"`
	}
	err = json.Unmarshal([]byte(printed), &newest)
	return fmt.Sprintf("%d %s", newest.Version, newest.Info.Status), err
}

func operationOf(all crash.Result, action regression.Action) crash.Operation {
	GinkgoHelper()
	for _, o := range all.Operations {
		if o.Action == action {
			return o
		}
	}
	Fail("nothing is known of " + string(action))
	return crash.Operation{}
}

func stateAfter(o crash.Operation, cut fault.Cut) crash.State {
	GinkgoHelper()
	for _, s := range o.States {
		if slices.Contains(s.Points, cut) {
			return s
		}
	}
	Fail("nothing is known of the point " + cut.String())
	return crash.State{}
}

func recoveryOf(s crash.State, name string) crash.Recovery {
	GinkgoHelper()
	for _, r := range s.Recoveries {
		if r.Name == name {
			return r
		}
	}
	Fail("nothing is known of the way back " + name)
	return crash.Recovery{}
}
