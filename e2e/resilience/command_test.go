package resilience

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/crash"
	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/regression"
	"seatrial/e2e/workshop/story"
)

// killing is an operation of the helm command that is killed, and what a user tries then.
type killing struct {
	action regression.Action
	do     func() []string
	// libraries do the same, and before what has to be there.
	libraries, before step
	// refused and works are two of the ways back of the sweep.
	refused, works way
}

// way is a way back, by its name in the sweep.
type way struct {
	name string
	do   func() []string
}

func killings() []killing {
	return []killing{
		{regression.Install, install, installs, nothing, way{"upgrade", upgrade}, way{"rollback 1", rollback}},
		{regression.Upgrade, upgrade, slims, installs, way{"upgrade again", upgrade}, way{"rollback 1", rollback}},
		{regression.Rollback, rollback, rollsBack, slimmed, way{"upgrade", upgrade}, way{"rollback 1 again", rollback}},
		{regression.Uninstall, uninstall, uninstalls, slimmed, way{"install", install}, way{"uninstall again", uninstall}},
	}
}

func nothing(context.Context, *helm.Client, *release) error { return nil }

func slimmed(ctx context.Context, c *helm.Client, r *release) error {
	if err := installs(ctx, c, r); err != nil {
		return err
	}
	return slims(ctx, c, r)
}

// The sweep works with Helm's libraries. This is the helm command itself, killed with SIGKILL in the middle of its operations.
var _ = Describe("The helm command that is killed in the middle", func() {
	var (
		config *rest.Config
		all    crash.Result
	)

	BeforeEach(func() {
		var err error
		config, err = cluster.LoadRESTConfig(handle.Kubeconfig)
		Expect(err).ToNot(HaveOccurred())
		all, err = knownCrashes(crash.Result{})
		Expect(err).ToNot(HaveOccurred())
	})

	for _, one := range killings() {
		Context("of helm "+string(one.action), func() {
			It("makes the same writes as its libraries, if nobody kills it", func(ctx SpecContext) {
				command, libraries := newUser(ctx), newUser(ctx)
				Expect(command.prepare(ctx, one)).To(Succeed())
				Expect(libraries.prepare(ctx, one)).To(Succeed())
				commands, sent := fault.NewRecorder(), fault.NewRecorder()
				Expect(command.through(ctx, config, commands.Wrap, func(u user) error {
					_, err := u.helm(ctx, one.do()...)
					return err
				})).To(Succeed())
				Expect(libraries.libraries(ctx, one.libraries, sent.Wrap)).To(Succeed())

				// Helm works on several objects of a kind side by side.
				Expect(kinds(commands.Writes())).To(Equal(kinds(sent.Writes())))
				Expect(texts(commands.Writes())).To(ConsistOf(texts(sent.Writes())))
				Expect(sent.Writes()).To(HaveLen(len(operationOf(all, one.action).Writes)))
			}, NodeTimeout(sweepTimeout))

			It("leaves the same history after each write as its libraries in the sweep, and finds the same ways back", func(ctx SpecContext) {
				known := operationOf(all, one.action)
				var group errgroup.Group
				group.SetLimit(storiesAtOnce)
				for k := range known.Writes {
					u := newUser(ctx)
					group.Go(func() error { return u.dies(ctx, config, one, stateAfter(known, k+1)) })
				}
				Expect(group.Wait()).To(Succeed())
			}, NodeTimeout(sweepTimeout))
		})
	}
})

// user is somebody with the helm command and a namespace.
type user struct{ kubeconfig, home, namespace string }

// dies kills helm at a state of the sweep, and compares what is left and, after the first write, two ways back.
func (u user) dies(ctx context.Context, config *rest.Config, k killing, expected crash.State) error {
	if err := u.prepare(ctx, k); err != nil {
		return err
	}
	if err := u.killed(ctx, config, k.do(), fault.Cut{Write: expected.Done, Moment: fault.Served}); err != nil {
		return fmt.Errorf("%s: %w", expected.Point(), err)
	}
	if err := u.finds(ctx, expected.History); err != nil {
		return fmt.Errorf("%s: %w", expected.Point(), err)
	}
	if expected.Done > 1 {
		return nil
	}
	for _, one := range []way{k.refused, k.works} {
		_, failure := u.helm(ctx, one.do()...)
		at := slices.IndexFunc(expected.Recoveries, func(r crash.Recovery) bool { return r.Name == one.name })
		if at < 0 {
			return fmt.Errorf("%s: nothing is known of the way back %q", expected.Point(), one.name)
		}
		known := expected.Recoveries[at]
		if refused := known.Outcome == crash.Refused; refused != (failure != nil) {
			return fmt.Errorf("%s: in the sweep, it is %s; here: %w", expected.Point(), known, failure)
		}
		if err := u.finds(ctx, known.History); err != nil {
			return fmt.Errorf("%s, then %s: %w", expected.Point(), one.name, err)
		}
	}
	return nil
}

// finds compares what helm history and helm status say.
func (u user) finds(ctx context.Context, wanted []string) error {
	history, err := u.history(ctx)
	if err != nil {
		return err
	}
	if !slices.Equal(history, wanted) {
		return fmt.Errorf("helm history has %q, and in the sweep it has %q", history, wanted)
	}
	if len(wanted) == 0 {
		return nil
	}
	newest, err := u.status(ctx)
	if err == nil && newest != wanted[len(wanted)-1] {
		err = fmt.Errorf("helm status has %q, and the newest of the history is %q", newest, wanted[len(wanted)-1])
	}
	return err
}

func install() []string { return []string{"install", story.Release, chartFolder()} }

func upgrade() []string {
	return []string{"upgrade", story.Release, chartFolder(), "--set", "redis.slaveEnabled=false,service.type=NodePort"}
}

func rollback() []string { return []string{"rollback", story.Release, "1"} }

func uninstall() []string { return []string{"uninstall", story.Release} }

// newUser makes a user, whose namespace goes with the spec.
func newUser(ctx SpecContext) user {
	GinkgoHelper()
	namespace := newNamespace(ctx, metav1.ObjectMeta{GenerateName: "command-"})
	return user{kubeconfig: handle.Kubeconfig, home: GinkgoT().TempDir(), namespace: namespace}
}

// prepare does what has to be there before, with the libraries.
func (u user) prepare(ctx context.Context, k killing) error {
	if err := u.libraries(ctx, k.before, nil); err != nil {
		return fmt.Errorf("preparing %s: %w", k.action, err)
	}
	return nil
}

// libraries do a step, with requests that pass a wrapper if there is one.
func (u user) libraries(ctx context.Context, do step, wrap fault.Wrapper) error {
	client, err := helm.New(helm.Options{Kubeconfig: u.kubeconfig, Namespace: u.namespace})
	if err != nil {
		return err
	}
	if wrap != nil {
		client = client.Through(wrap)
	}
	r := &release{namespace: u.namespace}
	if r.chart, err = helm.Load(chartFolder()); err != nil {
		return err
	}
	if r.lean, err = helm.ParseSet("redis.slaveEnabled=false,service.type=NodePort"); err != nil {
		return err
	}
	return do(ctx, client, r)
}

// through lets the same user do something with requests that pass a wrapper.
func (u user) through(ctx context.Context, config *rest.Config, wrap fault.Wrapper, do func(user) error) error {
	gateway, err := fault.OpenGateway(ctx, config, wrap)
	if err != nil {
		return err
	}
	u.kubeconfig = filepath.Join(u.home, "kubeconfig")
	if err = gateway.WriteKubeconfig(u.kubeconfig, u.namespace); err == nil {
		err = do(u)
	}
	return errors.Join(err, gateway.Close())
}

// killed runs helm and kills it at a point.
func (u user) killed(ctx context.Context, config *rest.Config, args []string, cut fault.Cut) error {
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
	return u.through(ctx, config, cutter.Wrap, func(u user) error {
		_, err := u.helm(doomed, args...)
		if !cutter.Happened() {
			return fmt.Errorf("helm was not killed, but ended with: %w", err)
		}
		return nil
	})
}

func kinds(writes []fault.Write) []string {
	var all []string
	for _, w := range writes {
		all = append(all, w.Resource)
	}
	return all
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

// history is what helm history lists: number and status. It is empty if there is no release.
func (u user) history(ctx context.Context) ([]string, error) {
	printed, err := u.helm(ctx, "history", story.Release, "-o", "json")
	if err != nil && strings.Contains(err.Error(), "release: not found") {
		return nil, nil
	}
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
	printed, err := u.helm(ctx, "status", story.Release, "-o", "json")
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

// stateAfter is what is known of a crash after so many writes were served.
func stateAfter(o crash.Operation, writes int) crash.State {
	GinkgoHelper()
	for _, s := range o.States {
		if slices.Contains(s.Points, fault.Cut{Write: writes, Moment: fault.Served}) {
			return s
		}
	}
	Fail(fmt.Sprintf("nothing is known of %s after write %d", o.Action, writes))
	return crash.State{}
}
