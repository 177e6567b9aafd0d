package resilience

import (
	"context"
	"errors"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sync/errgroup"

	"seatrial/e2e/framework/fault/proxy"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/outcome"
	"seatrial/e2e/workshop/story"
)

const (
	// faultsTimeout is for a table: its rows go side by side, and most of their time is waiting.
	faultsTimeout = 8 * time.Minute
	// storiesAtOnce is how many stories are told at a time.
	storiesAtOnce = 4
	// faultSeed chooses the requests that fail. Any other would do; with this one a failure can be had again.
	faultSeed = 7
)

// What passes, the harness rides out: whoever runs it must not be told of a broken chart because a load balancer hiccuped.
var _ = Describe("Trouble on the way to the API server that passes", Label("faults"), func() {
	It("is ridden out by a whole workshop: install, upgrade, roll back, uninstall, with every promise", func(ctx SpecContext) {
		rules := [][]proxy.Rule{
			{{Fault: proxy.Throttled, On: proxy.Reads | proxy.Writes | proxy.Watches, Rate: 0.05}},
			{{Fault: proxy.Failing, On: proxy.Reads | proxy.Watches, Rate: 0.2}},
			{{Fault: proxy.GatewayTimeout, On: proxy.Reads | proxy.Watches, Rate: 0.2}},
			{{Fault: proxy.Reset, On: proxy.Reads | proxy.Watches, Rate: 0.2}},
			{{Fault: proxy.ResetServed, On: proxy.Reads | proxy.Watches, Rate: 0.2}},
			{{Fault: proxy.Torn, On: proxy.Reads, Rate: 0.2}},
			{{Fault: proxy.Slow, On: proxy.Reads | proxy.Writes | proxy.Watches, Rate: 0.3, Delay: 300 * time.Millisecond}},
			{{Fault: proxy.Silent, On: proxy.Reads, Rate: 0.05, Limit: 1}},
			{{Fault: proxy.WatchClosed, On: proxy.Watches, Rate: 1, Delay: 100 * time.Millisecond}},
			{{Fault: proxy.WatchStale, On: proxy.Watches, Rate: 1, Delay: time.Hour}},
			{
				{Fault: proxy.Failing, On: proxy.Reads | proxy.Watches, Rate: 0.04},
				{Fault: proxy.Reset, On: proxy.Reads | proxy.Watches, Rate: 0.04},
				{Fault: proxy.Torn, On: proxy.Reads, Rate: 0.04},
				{Fault: proxy.Slow, On: proxy.Reads | proxy.Writes, Rate: 0.04, Delay: 300 * time.Millisecond},
				{Fault: proxy.WatchClosed, On: proxy.Watches, Rate: 0.5, Delay: 100 * time.Millisecond},
			},
		}
		rows := make([]outcome.Row, len(rules))
		var group errgroup.Group
		group.SetLimit(storiesAtOnce)
		for i, rules := range rules {
			plan := proxy.Plan{Seed: faultSeed, Rules: rules}
			p := newProxy(ctx)
			group.Go(func() error {
				rows[i] = ridden(ctx, p, plan, fmt.Sprintf("faults-%d", i))
				return nil
			})
		}
		Expect(group.Wait()).To(Succeed())
		table := outcome.New("faults-ridden-out", "Trouble on the way to the API server that passes")
		table.Add(rows...)
		publish(table)
	}, NodeTimeout(faultsTimeout))
})

// newProxy stands in front of the suite's cluster until the spec ends.
func newProxy(ctx SpecContext) *proxy.Proxy {
	GinkgoHelper()
	p, err := proxy.Start(ctx, proxy.Options{Kubeconfig: handle.Kubeconfig, Dir: GinkgoT().TempDir()})
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(p.Close)
	return p
}

// ridden tells the whole story through a proxy. The helm command that one promise runs gets the real address: it is not what
// is tried here.
func ridden(ctx context.Context, p *proxy.Proxy, plan proxy.Plan, namespace string) outcome.Row {
	row := outcome.Row{Done: "the guestbook's story, with " + words(plan.Rules), Expected: "every chapter can be done and every promise is kept"}
	through := handle
	through.Kubeconfig = p.Kubeconfig()
	p.SetPlan(plan)
	world, err := story.Open(ctx, through, story.Telling{Name: namespace, Namespace: namespace, Driver: helm.Secrets})
	if err != nil {
		row.Happened = err.Error()
		return row
	}
	world.Kubeconfig = handle.Kubeconfig
	err = tell(ctx, world)
	tally := p.Tally()
	p.SetPlan(proxy.Plan{})
	err = errors.Join(err, world.Close(ctx))
	switch {
	case err != nil:
		row.Happened = fmt.Sprintf("%d of %d requests were failed, and: %v", len(tally.Injected), tally.Requests, err)
	case len(tally.Injected) == 0:
		row.Happened = fmt.Sprintf("nothing: the plan has hit none of %d requests", tally.Requests)
	default:
		row.Happened, row.Held = fmt.Sprintf("kept; %d of %d requests were failed", len(tally.Injected), tally.Requests), true
	}
	return row
}

func words(rules []proxy.Rule) string {
	text := ""
	for i, rule := range rules {
		if i > 0 {
			text += "; "
		}
		text += rule.String()
	}
	return text
}

// tell tells the story and looks at all promises.
func tell(ctx context.Context, world *story.World) error {
	for _, chapter := range story.Chapters() {
		if err := chapter.Tell(ctx, world); err != nil {
			return fmt.Errorf("%s: %w", chapter.Title, err)
		}
		for i, seen := range chapter.Check(ctx, world) {
			if seen != nil {
				return fmt.Errorf("%s: %s: %w", chapter.Title, chapter.Promises[i].Text, seen)
			}
		}
	}
	return nil
}
