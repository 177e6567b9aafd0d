package charts

import (
	"context"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/regression"
)

// Timeouts: a machine that does other things too takes its time.
const (
	scenarioTimeout = 10 * time.Minute
	faultsTimeout   = 10 * time.Minute
	stepTimeout     = 4 * time.Minute
)

// simulated brings up a cluster of simulated nodes, and removes it with the cleanup of the node that asks.
func simulated(ctx SpecContext) framework.Handle {
	GinkgoHelper()
	environment, err := openSimulated(ctx)
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(func(ctx SpecContext) error { return environment.Close(ctx) }, NodeTimeout(framework.CloseTimeout))
	return environment.Handle()
}

func openSimulated(ctx context.Context) (*framework.Environment, error) {
	settings, err := framework.FromEnvironment()
	if err != nil {
		return nil, err
	}
	settings.Provider, settings.Keep = assets.Embedded, false
	return framework.Open(ctx, framework.Options{Settings: settings, Suite: "charts"})
}

// on are the options for a cluster; evidence goes into a folder of this name.
func on(at framework.Handle, name string) regression.Options {
	o := regression.Options{
		Place:    regression.Place{Kubeconfig: at.Kubeconfig, Features: at.Features, Discarded: at.Provider != assets.Existing},
		Parallel: 4, Timeout: stepTimeout, Artifacts: filepath.Join(at.Artifacts, name),
		Told: func(e regression.Event) {
			if e.End != nil {
				GinkgoWriter.Printf("%s %s after %s\n", e.End.Verdict, e.Path.Name, e.End.Took.Round(time.Millisecond))
			}
		},
	}
	if at.Provider == assets.Embedded {
		o.Fresh = fresh
	}
	return o
}

// fresh is a cluster for one path that changes the cluster as a whole.
func fresh(ctx context.Context) (regression.Place, func(context.Context) error, error) {
	environment, err := openSimulated(ctx)
	if err != nil {
		return regression.Place{}, nil, err
	}
	at := environment.Handle()
	return regression.Place{Kubeconfig: at.Kubeconfig, Features: at.Features, Discarded: true}, environment.Close, nil
}

// told are findings as people read them.
func told(all []regression.Finding) []string {
	var lines []string
	for _, f := range all {
		lines = append(lines, f.String())
	}
	return lines
}

// errorsOf are the findings that fail a path.
func errorsOf(all []regression.Finding) []regression.Finding {
	var found []regression.Finding
	for _, f := range all {
		if !f.Note {
			found = append(found, f)
		}
	}
	return found
}
