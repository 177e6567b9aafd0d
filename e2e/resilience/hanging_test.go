package resilience

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/fault/proxy"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
	"seatrial/e2e/framework/outcome"
	"seatrial/e2e/framework/wait"
)

const (
	// hopeless is what is allowed for something that cannot succeed.
	hopeless = 3 * time.Second
	// late is how much longer it may take until it is told: nothing that hangs would be back by then.
	late = 25 * time.Second
)

// What does not pass ends every wait and every operation at its time, with the cause: nobody looks at a harness that hangs.
var _ = Describe("Trouble on the way to the API server that does not pass", Label("faults"), func() {
	It("ends every wait, ledger and operation of Helm at its timeout, with the cause", func(ctx SpecContext) {
		table := outcome.New("faults-for-good", "Trouble on the way to the API server that does not pass")
		faults := []proxy.Fault{proxy.Throttled, proxy.Failing, proxy.GatewayTimeout, proxy.Reset, proxy.Silent}
		attempts := attempts()
		rows := make([]outcome.Row, 0, len(faults)*len(attempts))
		var group errgroup.Group
		group.SetLimit(2 * storiesAtOnce)
		for range cap(rows) {
			rows = append(rows, outcome.Row{})
		}
		for i, fault := range faults {
			for j, attempt := range attempts {
				p := newProxy(ctx)
				config, err := cluster.LoadRESTConfig(p.Kubeconfig())
				Expect(err).ToNot(HaveOccurred())
				live, err := objects.Connect(ctx, config)
				Expect(err).ToNot(HaveOccurred())
				DeferCleanup(live.Close)
				to := address{kubeconfig: p.Kubeconfig(), config: config, live: live}
				group.Go(func() error {
					plan := proxy.Plan{Seed: faultSeed, Rules: []proxy.Rule{{Fault: fault, On: proxy.Reads | proxy.Writes | proxy.Watches, Rate: 1}}}
					p.SetPlan(plan)
					rows[i*len(attempts)+j] = attempt.under(ctx, plan, to)
					p.SetPlan(proxy.Plan{})
					return nil
				})
			}
		}
		Expect(group.Wait()).To(Succeed())
		table.Add(rows...)
		publish(table)
	}, NodeTimeout(faultsTimeout))
})

// address is an API server in trouble: a connection that was made before, and what is needed for another one.
type address struct {
	kubeconfig string
	config     *rest.Config
	live       *objects.Client
}

// attempt is something that cannot succeed.
type attempt struct {
	name string
	do   func(ctx context.Context, to address) error
}

func attempts() []attempt {
	one := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "web", "namespace": "default"},
	}}
	all := []*unstructured.Unstructured{one}
	request := wait.Request{Namespace: "default", Objects: all, Timeout: hopeless}
	client := func(to address) (*helm.Client, error) {
		return helm.New(helm.Options{Kubeconfig: to.kubeconfig, Namespace: "default", Timeout: hopeless})
	}
	return []attempt{
		{"a wait that has to connect first", func(ctx context.Context, to address) error {
			return timedOut(wait.Ready(ctx, to.config, request))
		}},
		{"a wait over a connection that was made before", func(ctx context.Context, to address) error {
			return timedOut(wait.ReadyWith(ctx, to.live, request))
		}},
		{"a wait for the API server", func(ctx context.Context, to address) error {
			return wait.API(ctx, to.config, hopeless)
		}},
		{"a ledger", func(ctx context.Context, to address) error {
			ctx, cancel := context.WithTimeoutCause(ctx, hopeless, fmt.Errorf("the caller's timeout of %s", hopeless))
			defer cancel()
			_, err := ledger.CaptureWith(ctx, to.live, ledger.Request{Namespace: "default", Objects: all})
			return err
		}},
		{"helm history", func(ctx context.Context, to address) error {
			c, err := client(to)
			if err == nil {
				_, err = c.History(ctx, "web")
			}
			return err
		}},
		{"helm uninstall", func(ctx context.Context, to address) error {
			c, err := client(to)
			if err == nil {
				err = c.Uninstall(ctx, "web")
			}
			return err
		}},
	}
}

// timedOut makes sure that a wait which ended too early for another reason is not taken for one that kept its time.
func timedOut(err error) error {
	if _, ok := errors.AsType[*wait.TimeoutError](err); err != nil && !ok {
		return fmt.Errorf("ended otherwise than by its timeout: %w", err)
	}
	return err
}

func (a attempt) under(ctx context.Context, plan proxy.Plan, to address) outcome.Row {
	row := outcome.Row{
		Done:     a.name + ", with " + words(plan.Rules),
		Expected: fmt.Sprintf("an error after about %s that tells the cause", hopeless),
	}
	start := time.Now()
	err := a.do(ctx, to)
	took := time.Since(start).Round(time.Millisecond)
	switch {
	case err == nil:
		row.Happened = "no error"
	case took > hopeless+late:
		row.Happened = fmt.Sprintf("ended only after %s: %v", took, err)
	case strings.HasPrefix(err.Error(), "ended otherwise") || !tells(err, plan.Rules[0].Fault):
		row.Happened = fmt.Sprintf("after %s an error without the cause: %v", took, err)
	default:
		row.Happened, row.Held = fmt.Sprintf("after %s: %v", took, err), true
	}
	return row
}

// tells says whether an error has what a fault looks like to its client.
func tells(err error, fault proxy.Fault) bool {
	words := map[proxy.Fault][]string{
		proxy.Throttled:      {"429", "Too Many Requests", "too many requests"},
		proxy.Failing:        {"500", "Internal Server Error", "internal error", "has prevented the request from succeeding"},
		proxy.GatewayTimeout: {"504", "Gateway Timeout", "unable to return a response in the time allotted"},
		proxy.Reset:          {"connection reset", "EOF"},
		proxy.ResetServed:    {"connection reset", "EOF"},
		proxy.Silent:         {"no answer", "timeout", "deadline", "timed out"},
	}[fault]
	for _, word := range words {
		if strings.Contains(err.Error(), word) {
			return true
		}
	}
	return false
}
