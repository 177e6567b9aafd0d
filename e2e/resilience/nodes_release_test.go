package resilience

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/fault"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/outcome"
	"seatrial/e2e/framework/wait"
	"seatrial/e2e/workshop/story"
)

const (
	// namespaceOfNodes has the release, again and again.
	namespaceOfNodes = "nodes"
	// amidWrite is the write at which something breaks: the record of the new revision is made, and some of its objects are not.
	amidWrite = 4
	// believeTimeout is for objects of a chart to go after Helm has said that they are deleted.
	believeTimeout = 20 * time.Second
	// provenTimeout is for controllers to end what they are at, after all is ready.
	provenTimeout = time.Minute
)

// The steps of a release, as they are told.
const (
	installing  = "installation"
	upgrading   = "upgrade"
	rollingBack = "rollback"
)

const (
	ridesOut = "ridden out, or told with its cause; the release comes to a proven state"
	isNamed  = "the wait ends at its timeout and names the cause; once that is mended, the release is proven, and so is its rollback"
)

// nodesRelease is a release on real nodes, with what it looks like where nothing is broken.
type nodesRelease struct {
	*nodes

	helm  *helm.Client
	live  *objects.Client
	chart *helm.Chart
	// full and lean are the states before and after an upgrade.
	full, lean *nodesState
	// last is what was waited for at last.
	last string
}

// nodesState is what a release should be.
type nodesState struct {
	values  helm.Values
	objects []*unstructured.Unstructured
	ledger  ledger.Ledger
}

// nodesStep is a step of a release, and the state it leads to.
type nodesStep struct {
	name string
	to   *nodesState
	do   func(ctx context.Context, c *helm.Client) error
}

func newNodesRelease(ctx SpecContext, n *nodes) *nodesRelease {
	GinkgoHelper()
	r := &nodesRelease{nodes: n, full: &nodesState{}, lean: &nodesState{}}
	var err error
	r.chart, err = helm.Load(chartFolder())
	Expect(err).ToNot(HaveOccurred())
	// The chart's own, said: an upgrade without any takes those of the revision before.
	r.full.values, err = helm.ParseSet("redis.slaveEnabled=true,service.type=LoadBalancer,replicaCount=2")
	Expect(err).ToNot(HaveOccurred())
	// With another pod, an upgrade needs a node that can start one.
	r.lean.values, err = helm.ParseSet("redis.slaveEnabled=false,service.type=NodePort,replicaCount=3")
	Expect(err).ToNot(HaveOccurred())
	for _, state := range []*nodesState{r.full, r.lean} {
		state.objects, err = objectsOf(r.chart, state.values, namespaceOfNodes)
		Expect(err).ToNot(HaveOccurred())
	}
	_, err = n.client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespaceOfNodes}}, metav1.CreateOptions{})
	Expect(err).ToNot(HaveOccurred())
	r.helm, err = helm.New(helm.Options{Kubeconfig: n.Kubeconfig(), Namespace: namespaceOfNodes})
	Expect(err).ToNot(HaveOccurred())
	r.live, err = objects.Connect(ctx, n.config)
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(r.live.Close)
	for _, step := range r.steps()[:2] {
		Expect(step.do(ctx, r.helm)).To(Succeed())
		Expect(r.settled(ctx, step.to)).To(Succeed())
		step.to.ledger, err = r.capture(ctx, step.to)
		Expect(err).ToNot(HaveOccurred())
	}
	Expect(r.remove(ctx)).To(Succeed())
	return r
}

func (r *nodesRelease) steps() []nodesStep {
	return []nodesStep{
		{installing, r.full, func(ctx context.Context, c *helm.Client) error {
			_, err := c.Install(ctx, story.Release, r.chart, r.full.values)
			return err
		}},
		{upgrading, r.lean, func(ctx context.Context, c *helm.Client) error {
			_, err := c.Upgrade(ctx, story.Release, r.chart, r.lean.values)
			return err
		}},
		{rollingBack, r.full, func(ctx context.Context, c *helm.Client) error {
			_, err := c.Rollback(ctx, story.Release, 1)
			return err
		}},
	}
}

// under takes the release through its life while something breaks, and leaves the cluster as it was.
func (r *nodesRelease) under(ctx context.Context, f nodeFault) []outcome.Row {
	var rows []outcome.Row
	for _, step := range r.steps() {
		if slices.Contains(f.during, step.name) {
			rows = append(rows, r.broken(ctx, f, step))
			continue
		}
		if err := errors.Join(step.do(ctx, r.helm), r.proven(ctx, step.to)); err != nil {
			rows = append(rows, outcome.Row{Done: f.name + ", " + step.name, Expected: "it succeeds, as nothing is broken", Happened: err.Error()})
			break
		}
	}
	if err := errors.Join(r.well(ctx), r.remove(ctx)); err != nil {
		rows = append(rows, outcome.Row{Done: f.name + ", and uninstalled", Expected: "nothing is left, and the cluster is as it was", Happened: err.Error()})
	}
	return rows
}

// broken does a step while something breaks, and tells what comes of it.
func (r *nodesRelease) broken(ctx context.Context, f nodeFault, step nodesStep) outcome.Row {
	row := outcome.Row{Done: f.name + ", during an " + step.name, Expected: ridesOut}
	if step.name == rollingBack {
		row.Done = f.name + ", during a " + step.name
	}
	try := r.rideOut
	if f.told != nil {
		row.Expected, try = isNamed, r.name
	}
	happened, err := try(ctx, f, step)
	if err == nil {
		err = wait.API(ctx, r.config, mendedTimeout)
	}
	row.Happened, row.Held = happened, err == nil
	if err != nil {
		row.Happened = strings.TrimPrefix(happened+"; ", "; ") + err.Error()
	}
	return row
}

// rideOut does a step while something breaks that passes.
func (r *nodesRelease) rideOut(ctx context.Context, f nodeFault, step nodesStep) (what string, err error) {
	var trouble error
	client := r.helm
	if f.amid != nil {
		trouble = fmt.Errorf("there was no write number %d", amidWrite)
		client = r.helm.Through(atWrite(amidWrite, func() { trouble = f.amid(ctx, r.nodes) }))
	}
	if f.begin != nil {
		trouble = f.begin(ctx, r.nodes)
	}
	seen := ""
	if f.evidence != nil && trouble == nil {
		seen, trouble = f.evidence(ctx, r.nodes)
	}
	start := time.Now()
	r.last = "nothing"
	failed := step.do(ctx, client)
	helmTook := time.Since(start).Round(time.Second / 10)
	if f.after != nil {
		seen, trouble = f.after(ctx, r.nodes)
	}
	if what, err = r.recover(ctx, step, failed); err != nil {
		what = "not proven"
	}
	took := time.Since(start).Round(time.Second / 10)
	if f.end != nil {
		trouble = errors.Join(trouble, f.end(ctx, r.nodes))
	}
	if trouble != nil {
		return what, fmt.Errorf("it could not be broken or mended: %w", trouble)
	}
	return strings.TrimPrefix(fmt.Sprintf("%s; Helm took %s; %s after %s, at last for %s", seen, helmTook, what, took, r.last), "; "), err
}

// causes are words of errors that say by themselves that there was no API server, or one that had just begun.
func causes() []string {
	return []string{"refused", "reset", "EOF", "closed", "connection lost", "no answer", "not ready", "not yet ready", "unable to handle the request"}
}

// recover brings a release where a step should have led, in whatever way its error leaves, as soon as somebody answers again.
func (r *nodesRelease) recover(ctx context.Context, step nodesStep, failed error) (what string, err error) {
	if failed != nil && !slices.ContainsFunc(causes(), func(word string) bool { return strings.Contains(failed.Error(), word) }) {
		return "", fmt.Errorf("an error without the cause: %w", failed)
	}
	if err := wait.API(ctx, r.config, mendedTimeout); err != nil {
		return "", errors.Join(failed, err)
	}
	if failed == nil {
		return r.believe(ctx, step)
	}
	var tried error
	for _, way := range []struct {
		name string
		do   func(ctx context.Context, c *helm.Client) error
	}{
		{"the same again", step.do},
		{"uninstallation, and all from the start", func(ctx context.Context, _ *helm.Client) error { return r.anew(ctx, step) }},
	} {
		if tried = way.do(ctx, r.helm); tried == nil {
			tried = r.proven(ctx, step.to)
		}
		if tried == nil {
			return fmt.Sprintf("%v; then proven by %s", failed, way.name), nil
		}
	}
	return "", fmt.Errorf("%w; and nothing helps: %w", failed, tried)
}

// anew uninstalls a release, and does all steps up to one.
func (r *nodesRelease) anew(ctx context.Context, last nodesStep) error {
	if err := r.remove(ctx); err != nil {
		return err
	}
	for _, step := range r.steps() {
		if err := step.do(ctx, r.helm); err != nil || step.name == last.name {
			return err
		}
	}
	return nil
}

// believe looks whether a step has done what Helm says that it has. An upgrade that cannot delete what the new revision does
// not have any more is a success all the same (Helm v3.22.0): the wait has to tell of it. The next revision that has it takes
// it over, and an upgrade from there can delete it.
func (r *nodesRelease) believe(ctx context.Context, step nodesStep) (string, error) {
	wrong := r.waitFor(ctx, step.to, believeTimeout)
	if _, late := errors.AsType[*wait.TimeoutError](wrong); !late || step.name != upgrading || !strings.Contains(wrong.Error(), "still exists") {
		return "done, and proven", r.proven(ctx, step.to)
	}
	if _, err := r.helm.Upgrade(ctx, story.Release, r.chart, r.full.values); err != nil {
		return "", errors.Join(wrong, err)
	}
	if err := errors.Join(r.settled(ctx, r.full), step.do(ctx, r.helm)); err != nil {
		return "", errors.Join(wrong, err)
	}
	return fmt.Sprintf("Helm says that all is well, the wait does not: %v; then proven by an upgrade to what was before, and the same again", wrong), r.proven(ctx, step.to)
}

// name does a step while something is broken that only somebody mends, and mends it when the wait has told.
func (r *nodesRelease) name(ctx context.Context, f nodeFault, step nodesStep) (what string, err error) {
	err = f.begin(ctx, r.nodes)
	if err == nil {
		err = step.do(ctx, r.helm)
	}
	if err == nil {
		what, err = tellsOf(f, r.waitFor(ctx, step.to, brokenTimeout))
	}
	if mending := f.end(ctx, r.nodes); err != nil || mending != nil {
		return what, errors.Join(err, mending)
	}
	start := time.Now()
	err = r.settled(ctx, step.to)
	if err == nil && f.tidy != nil {
		err = f.tidy(ctx, r.nodes)
	}
	if err == nil {
		err = r.proven(ctx, step.to)
	}
	if err != nil {
		return what + "; mended", err
	}
	return fmt.Sprintf("%s; mended, proven after %s", what, time.Since(start).Round(time.Second/10)), nil
}

// tellsOf wants a wait to have ended by its timeout, with the cause.
func tellsOf(f nodeFault, err error) (string, error) {
	if err == nil {
		return "", errors.New("the wait found all in order")
	}
	if _, late := errors.AsType[*wait.TimeoutError](err); !late {
		return "", fmt.Errorf("the wait ended otherwise than by its timeout: %w", err)
	}
	for _, words := range f.told {
		if strings.Contains(err.Error(), words) {
			return err.Error(), nil
		}
	}
	return "", fmt.Errorf("the wait's error has none of %q: %w", f.told, err)
}

// waitFor waits until a state is all there is of the release.
func (r *nodesRelease) waitFor(ctx context.Context, to *nodesState, timeout time.Duration) error {
	gone := slices.DeleteFunc(slices.Clone(r.full.objects), func(u *unstructured.Unstructured) bool {
		return slices.ContainsFunc(to.objects, func(w *unstructured.Unstructured) bool { return objects.RefOf(w) == objects.RefOf(u) })
	})
	return wait.Ready(ctx, r.config, wait.Request{
		Namespace: namespaceOfNodes, Objects: to.objects, Gone: gone, Timeout: timeout,
		Progress: func(s wait.Status) {
			if len(s.Unready) > 0 {
				r.last = s.Unready[0].String()
			}
		},
	})
}

// settled wants the newest revision deployed, and its objects ready.
func (r *nodesRelease) settled(ctx context.Context, to *nodesState) error {
	if err := r.waitFor(ctx, to, mendedTimeout); err != nil {
		return err
	}
	newest, err := r.helm.Status(ctx, story.Release)
	if err == nil && newest.Status != helm.StatusDeployed {
		err = fmt.Errorf("revision %d is %s", newest.Revision, newest.Status)
	}
	return err
}

// proven holds every object against what it is where nothing breaks, field by field.
func (r *nodesRelease) proven(ctx context.Context, to *nodesState) error {
	if err := r.settled(ctx, to); err != nil {
		return err
	}
	return until(ctx, provenTimeout, func(ctx context.Context) error {
		now, err := r.capture(ctx, to)
		if err != nil {
			return err
		}
		if proof := ledger.Prove(to.ledger, now); !proof.Restored() {
			return errors.New(proof.String())
		}
		return nil
	})
}

func (r *nodesRelease) capture(ctx context.Context, of *nodesState) (ledger.Ledger, error) {
	return ledger.CaptureWith(ctx, r.live, ledger.Request{Namespace: namespaceOfNodes, Objects: of.objects, Release: story.Release})
}

// remove uninstalls the release, if there is one, and waits until nothing is left of it.
func (r *nodesRelease) remove(ctx context.Context) error {
	if err := r.helm.Uninstall(ctx, story.Release); err != nil && !errors.Is(err, helm.ErrReleaseNotFound) {
		return err
	}
	return wait.Gone(ctx, r.config, namespaceOfNodes, r.full.objects, mendedTimeout)
}

// atWrite does something before one of a client's writes is sent, once.
func atWrite(number int32, do func()) fault.Wrapper {
	var writes atomic.Int32
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(request *http.Request) (*http.Response, error) {
			if fault.IsWrite(request) && writes.Add(1) == number {
				do()
			}
			return next.RoundTrip(request)
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }
