package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/crash"
	"seatrial/e2e/framework/regression"
)

// crashAll does so with each chart, and says at the end how it went.
func (t *chartTrial) crashAll(ctx context.Context, on framework.Handle, charts []trialled) error {
	states, stuck := 0, 0
	var faulty []string
	for _, one := range charts {
		result, err := t.crashes(ctx, on, one)
		if err != nil {
			return err
		}
		states += len(result.States())
		stuck += len(result.Stuck())
		if len(result.Stuck()) > 0 {
			faulty = append(faulty, one.name)
			if t.said.FailFast {
				break
			}
		}
	}
	word := "PASSED"
	if stuck > 0 {
		word = "FAILED"
	}
	fmt.Fprintf(t.out, "\n%s: a way back works from %d of %d states that a crash leaves, on provider %s, Kubernetes %s (%.0f s)\n",
		word, states-stuck, states, on.Provider, on.Kubernetes, time.Since(t.start).Seconds())
	if stuck > 0 {
		return fmt.Errorf("%w: %s", errFaults, strings.Join(faulty, ", "))
	}
	return nil
}

// crashes kills the operations of one chart at each of their writes, and tells what is left and what helps.
func (t *chartTrial) crashes(ctx context.Context, on framework.Handle, one trialled) (crash.Result, error) {
	last := len(one.revisions) - 1
	options := crash.Options{
		First: one.revisions[max(last-1, 0)], Second: one.revisions[last],
		Place:    regression.Place{Kubeconfig: on.Kubeconfig, Features: on.Features, Discarded: on.Provider != assets.Existing && !t.said.Keep},
		Parallel: t.said.Parallel, Timeout: t.said.Timeout,
		Told: func(s crash.State, left int) {
			if t.said.Verbose && !t.said.Quiet {
				fmt.Fprintf(t.out, "   %5.1fs  %s (%d to go)\n", time.Since(t.start).Seconds(), s.Point(), left)
			}
		},
	}
	if on.Provider == assets.Embedded {
		options.Fresh = t.fresh
	}
	if options.Parallel == 0 {
		options.Parallel = abreast(on.Provider)
	}
	if !t.said.Quiet {
		fmt.Fprintf(t.out, "\n== %s: killed at each write of install %s, upgrade to %s, rollback and uninstall\n",
			one.name, options.First.Name, options.Second.Name)
	}
	result, err := crash.Sweep(ctx, options)
	table := result.Table("Crashes of " + one.name)
	t.account.stream.Table(table.Title(), table.Rows()...)
	if err != nil {
		return result, err
	}
	if err := result.Show(t.out); err != nil {
		return result, err
	}
	folder := filepath.Join(on.Artifacts, one.revisions[last].Chart.Name())
	fmt.Fprintf(t.out, "\nwhy each way back does not work: %s\n", filepath.Join(folder, table.Name()+".txt"))
	return result, table.Write(folder)
}
