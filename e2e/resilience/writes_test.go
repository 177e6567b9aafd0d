package resilience

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/fault/proxy"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/outcome"
	"seatrial/e2e/framework/wait"
	"seatrial/e2e/workshop/story"
)

const (
	// failedWrites is the part of an operation's writes that fail.
	failedWrites = 0.5
	// settleTimeout is for a release to become what it should be, once nothing is in its way any more.
	settleTimeout = 20 * time.Second
)

// A write that may have been served is not repeated by itself. What is left then is told, and the user's next step works.
var _ = Describe("A write that fails on the way to the API server", Label("faults"), func() {
	It("is told with its object and cause, and the same operation again, or the way back, leads to what was wanted", func(ctx SpecContext) {
		faults := []proxy.Fault{proxy.Failing, proxy.GatewayTimeout, proxy.Reset, proxy.ResetServed}
		rows := make([]outcome.Row, len(faults)*len(changes()))
		var group errgroup.Group
		group.SetLimit(storiesAtOnce)
		for i, fault := range faults {
			for j, change := range changes() {
				r := newRelease(ctx, newProxy(ctx), fmt.Sprintf("writes-%d-%s", i, change.name))
				group.Go(func() error {
					plan := proxy.Plan{Seed: faultSeed, Rules: []proxy.Rule{{Fault: fault, On: proxy.Writes, Rate: failedWrites}}}
					rows[i*len(changes())+j] = r.under(ctx, plan, change)
					return nil
				})
			}
		}
		Expect(group.Wait()).To(Succeed())
		table := outcome.New("faults-of-writes", "Writes that fail on the way to the API server")
		table.Add(rows...)
		publish(table)
	}, NodeTimeout(faultsTimeout))
})

// change is an operation, what has to be there before it, and what is wanted after it.
type change struct {
	name   string
	before []step
	do     step
	// again is what a user does next when it failed.
	again step
	// lean tells that the revision without slaves is wanted, gone that nothing is.
	lean, gone bool
}

type step func(ctx context.Context, c *helm.Client, r *release) error

func changes() []change {
	return []change{
		{name: "install", do: installs, again: restores},
		{name: "upgrade", before: []step{installs}, do: slims, again: slims, lean: true},
		{name: "rollback", before: []step{installs, slims}, do: rollsBack, again: rollsBack},
		{name: "uninstall", before: []step{installs}, do: uninstalls, again: uninstalls, gone: true},
	}
}

func installs(ctx context.Context, c *helm.Client, r *release) error {
	_, err := c.Install(ctx, story.Release, r.chart, nil)
	return err
}

func slims(ctx context.Context, c *helm.Client, r *release) error {
	_, err := c.Upgrade(ctx, story.Release, r.chart, r.lean)
	return err
}

func restores(ctx context.Context, c *helm.Client, r *release) error {
	_, err := c.Upgrade(ctx, story.Release, r.chart, helm.Values{"redis": map[string]any{"slaveEnabled": true}})
	return err
}

func rollsBack(ctx context.Context, c *helm.Client, _ *release) error {
	_, err := c.Rollback(ctx, story.Release, 1)
	return err
}

func uninstalls(ctx context.Context, c *helm.Client, _ *release) error {
	err := c.Uninstall(ctx, story.Release)
	if errors.Is(err, helm.ErrReleaseNotFound) {
		return nil // The uninstallation before had come to its end after all.
	}
	return err
}

// release is one in a namespace of its own, with a client in trouble and one without.
type release struct {
	namespace         string
	config            *rest.Config
	proxy             *proxy.Proxy
	chart             *helm.Chart
	lean              helm.Values
	troubled, healthy *helm.Client
}

func newRelease(ctx SpecContext, p *proxy.Proxy, namespace string) *release {
	GinkgoHelper()
	config, err := cluster.LoadRESTConfig(handle.Kubeconfig)
	Expect(err).ToNot(HaveOccurred())
	r := &release{config: config, proxy: p, namespace: namespace}
	// Its name is in the paths of requests, and so part of what chooses those that fail.
	newNamespace(ctx, metav1.ObjectMeta{Name: namespace})
	r.chart, err = helm.Load(chartFolder())
	Expect(err).ToNot(HaveOccurred())
	r.lean, err = helm.ParseSet("redis.slaveEnabled=false,service.type=NodePort")
	Expect(err).ToNot(HaveOccurred())
	r.troubled, err = helm.New(helm.Options{Kubeconfig: p.Kubeconfig(), Namespace: r.namespace})
	Expect(err).ToNot(HaveOccurred())
	r.healthy, err = helm.New(helm.Options{Kubeconfig: handle.Kubeconfig, Namespace: r.namespace})
	Expect(err).ToNot(HaveOccurred())
	return r
}

// under does an operation while writes fail, and then what a user does.
func (r *release) under(ctx context.Context, plan proxy.Plan, c change) outcome.Row {
	row := outcome.Row{
		Done:     fmt.Sprintf("helm %s, with %s", c.name, words(plan.Rules)),
		Expected: "done, or told what is wrong with its cause; the next step leads to what was wanted",
	}
	for _, do := range c.before {
		if err := do(ctx, r.healthy, r); err != nil {
			row.Happened = "it could not be prepared: " + err.Error()
			return row
		}
	}
	r.proxy.SetPlan(plan)
	failed := c.do(ctx, r.troubled, r)
	failedWrites := len(r.proxy.Tally().Injected)
	r.proxy.SetPlan(proxy.Plan{})
	if failedWrites == 0 {
		row.Happened = "no write was failed"
		return row
	}
	what, ok := r.recover(ctx, c, failed, plan.Rules[0].Fault)
	row.Happened, row.Held = fmt.Sprintf("%d writes failed; %s", failedWrites, what), ok
	return row
}

// recover tells how an operation ended and what led to what was wanted. Of an object that it should delete and cannot, Helm
// says nothing; the wait does.
func (r *release) recover(ctx context.Context, c change, failed error, fault proxy.Fault) (what string, ok bool) {
	if failed != nil && !tells(failed, fault) {
		return fmt.Sprintf("an error without the cause: %v", failed), false
	}
	if failed == nil {
		if failed = r.proven(ctx, c); failed == nil {
			return "done", true
		}
		if _, named := errors.AsType[*wait.TimeoutError](failed); !named {
			return fmt.Sprintf("done, but %v", failed), false
		}
		failed = fmt.Errorf("no word from Helm, but: %w", failed)
	}
	for _, way := range []struct {
		name  string
		steps []step
	}{
		{"the same again", []step{c.again}},
		{"rollback, and the same again", []step{rollsBack, c.again}},
		{"uninstall, and all from the start", slices.Concat([]step{uninstalls}, c.before, []step{c.do})},
	} {
		if r.goes(ctx, way.steps) == nil && r.proven(ctx, c) == nil {
			return fmt.Sprintf("%v; then %s works", failed, way.name), true
		}
	}
	return fmt.Sprintf("%v; and nothing helps", failed), false
}

func (r *release) goes(ctx context.Context, steps []step) error {
	for _, do := range steps {
		if err := do(ctx, r.healthy, r); err != nil {
			return err
		}
	}
	return nil
}

// proven looks whether the release is what was wanted, with nothing beside it.
func (r *release) proven(ctx context.Context, c change) error {
	full, err := objectsOf(r.chart, nil, r.namespace)
	if err != nil {
		return err
	}
	wanted, gone := full, []*unstructured.Unstructured(nil)
	switch {
	case c.gone:
		wanted, gone = nil, full
	case c.lean:
		if wanted, err = objectsOf(r.chart, r.lean, r.namespace); err != nil {
			return err
		}
		gone = slices.DeleteFunc(full, func(u *unstructured.Unstructured) bool {
			return slices.ContainsFunc(wanted, func(w *unstructured.Unstructured) bool { return objects.RefOf(w) == objects.RefOf(u) })
		})
	}
	if err := wait.Ready(ctx, r.config, wait.Request{Namespace: r.namespace, Objects: wanted, Gone: gone, Timeout: settleTimeout}); err != nil {
		return err
	}
	newest, err := r.healthy.Status(ctx, story.Release)
	switch {
	case c.gone && errors.Is(err, helm.ErrReleaseNotFound):
		return nil
	case err != nil:
		return err
	case c.gone:
		return fmt.Errorf("the release is still recorded, as %s", newest.Status)
	case newest.Status != helm.StatusDeployed:
		return fmt.Errorf("revision %d is %s", newest.Revision, newest.Status)
	}
	return nil
}

func objectsOf(chart *helm.Chart, values helm.Values, namespace string) ([]*unstructured.Unstructured, error) {
	made, err := helm.RenderAll(chart, story.Release, namespace, values)
	if err != nil {
		return nil, err
	}
	return made.Objects()
}
