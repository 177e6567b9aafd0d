package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/crash"
	"seatrial/e2e/framework/regression"
	"seatrial/e2e/framework/report"
)

// crashAll kills the operations of each chart at each of their writes.
func (t *chartTrial) crashAll(ctx context.Context, on framework.Handle, charts []trialled) error {
	var faulty []string
	for _, one := range charts {
		result, err := t.crashes(ctx, on, one)
		if err != nil {
			return err
		}
		if len(result.Stuck()) > 0 {
			faulty = append(faulty, one.name)
			if t.said.FailFast {
				break
			}
		}
	}
	if len(faulty) > 0 {
		return fmt.Errorf("%w: %s", errFaults, strings.Join(faulty, ", "))
	}
	return nil
}

// crashes kills the operations of one chart, and tells what is left and what helps: a row for each state.
func (t *chartTrial) crashes(ctx context.Context, on framework.Handle, one trialled) (crash.Result, error) {
	options := t.crashOptions(on, one)
	t.account.stream.Say(fmt.Sprintf("%s: killed at each write of install %s, upgrade to %s, rollback and uninstall",
		one.name, options.First.Name, options.Second.Name))
	phase := "crashes of " + one.name
	end := t.account.stream.Phase(phase)
	options.Told = func(s crash.State, left int) {
		t.account.stream.Doing(report.Doing{Phase: phase, What: fmt.Sprintf("%d to go, %s", left, s.Point())})
	}
	result, err := crash.Sweep(ctx, options)
	end()
	title := "Crashes of " + one.name
	if rows := result.Brief(title).Rows(); err == nil || len(rows) > 0 { // What never began is no table.
		t.account.stream.Table(title, rows...)
	}
	if err != nil {
		return result, err
	}
	table := result.Table(title) // It says why.
	folder := filepath.Join(on.Artifacts, options.Second.Chart.Name())
	t.account.stream.Say("evidence: " + filepath.Join(folder, table.Name()+".txt"))
	return result, table.Write(folder)
}

func (t *chartTrial) crashOptions(on framework.Handle, one trialled) crash.Options {
	last := len(one.revisions) - 1
	options := crash.Options{
		First: one.revisions[max(last-1, 0)], Second: one.revisions[last],
		Place:    regression.Place{Kubeconfig: on.Kubeconfig, Features: on.Features, Discarded: on.Provider != assets.Existing && !t.said.Keep},
		Parallel: t.said.Parallel, Timeout: t.said.Timeout,
	}
	if on.Provider == assets.Embedded {
		options.Fresh = t.fresh
	}
	if options.Parallel == 0 {
		options.Parallel = abreast(on.Provider)
	}
	return options
}
