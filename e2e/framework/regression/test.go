package regression

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/objects"
)

// logTail is how many lines of a failed test's log are shown; all are in the evidence.
const logTail = 10

// test runs the chart's tests, if it has any, as helm test does.
func (w *walk) test(ctx context.Context) error {
	last := w.states[len(w.states)-1].release
	if !slices.ContainsFunc(last.Hooks, isTest) {
		return nil
	}
	report, err := w.helm.Test(ctx, w.run.Release)
	w.keepLogs(report)
	switch {
	case err == nil && !w.room.place.Features.Containers:
		w.find(Finding{
			Word: NeedsRealNodes, Note: true, Expected: "the chart's tests to run", Found: "tests that ended without their programs, on simulated nodes",
		})
		return nil
	case err == nil:
		return nil
	case ctx.Err() != nil || errors.Is(err, helm.ErrUnreachable):
		return err
	}
	for _, t := range report.Tests {
		if t.Failure == "" {
			continue
		}
		w.find(Finding{
			Word: TestFailed, Object: objects.Ref{Kind: t.Kind, Namespace: w.room.namespace, Name: t.Name},
			Expected: "the test to succeed", Found: oneLine(t.Failure) + tails(t.Logs),
		})
	}
	if !errors.Is(err, helm.ErrTestFailed) {
		w.find(Finding{Word: TestFailed, Expected: "the tests to come to their end", Found: oneLine(err.Error())})
	}
	return nil
}

// tails are the ends of a test's logs.
func tails(logs []helm.Log) string {
	var all strings.Builder
	for _, log := range logs {
		text := strings.TrimSpace(log.Text)
		if text == "" && log.Missing != "" {
			text = "there is no log: " + log.Missing
		}
		lines := strings.Split(text, "\n")
		fmt.Fprintf(&all, "\nlog of %s, container %s:\n%s", log.Pod, log.Container, strings.Join(lines[max(0, len(lines)-logTail):], "\n"))
	}
	return all.String()
}

func (w *walk) keepLogs(report *helm.TestReport) {
	if w.result.Artifacts == "" || report == nil {
		return
	}
	for _, t := range report.Tests {
		for _, log := range t.Logs {
			_ = w.keep(fmt.Sprintf("tests/%s-%s.log", log.Pod, log.Container), []byte(log.Text+log.Missing))
		}
	}
}

func isTest(hook helm.Hook) bool {
	return slices.Contains(hook.Events, "test") || slices.Contains(hook.Events, "test-success")
}
