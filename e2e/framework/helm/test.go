package helm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/kube"
	"helm.sh/helm/v3/pkg/release"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/resource"
)

// ErrTestFailed tells that a test of a release failed, and not that it could not be run.
var ErrTestFailed = errors.New("test failed")

// maxLog is how much of the log of a container is kept: its end.
const maxLog = 64 << 10

// runningTests is what errors call [Client.Test].
const runningTests = "testing"

// TestReport is what became of the tests of a release.
type TestReport struct {
	// Tests are in the order in which they ran, then those that did not.
	Tests []Test
}

// Test is a hook of the event "test".
type Test struct {
	// Hook is as recorded after the run. Its phase is empty if it did not run.
	Hook
	// Failure says why it failed; empty if it did not.
	Failure string
	// Logs are those of each container of the pods that it ran.
	Logs []Log
}

// Log is what a container of a test wrote.
type Log struct {
	Pod, Container string
	// Phase is that of the pod: "Succeeded", "Failed", "Running" or "Pending".
	Phase string
	// Text is the end of the log; where it cannot be read, Missing says why.
	Text, Missing string
}

// Test runs the tests of the newest revision as the helm command does: one after the
// other, until one fails. Their logs are read before Helm may delete the pods, and
// also when a test fails or is stopped. With names, only the tests of these names run.
// The report is complete even with an error, which wraps [ErrTestFailed] if a test
// failed.
func (c *Client) Test(ctx context.Context, name string, names ...string) (*TestReport, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, &timeoutError{c.timeout})
	defer cancel()
	report := &TestReport{}
	begun := time.Now()
	s, err := c.session(ctx)
	if err != nil {
		return report, c.failed(runningTests, name, err)
	}
	if err := s.learn(); err != nil {
		return report, c.failed(runningTests, name, s.explain(ctx, err))
	}
	ran := map[string]Test{}
	s.objects.watched = func(list kube.ResourceList, failure error) { s.observeTest(ctx, ran, list, failure) }
	run := action.NewReleaseTesting(s.action)
	run.Namespace = c.namespace
	run.Timeout = c.timeout
	if len(names) > 0 {
		run.Filters[action.IncludeNameFilter] = names
	}
	tested, err := run.Run(name)
	if tested != nil {
		report.Tests = testsOf(tested, ran, names)
		report.separate(begun)
	}
	if err == nil {
		return report, nil
	}
	err = s.explain(ctx, err)
	if report.blame(err) {
		err = fmt.Errorf("%w: %w", ErrTestFailed, err)
	}
	return report, c.failed(runningTests, name, err)
}

// blame tells whether a test failed, and says why of one that could not even be made.
func (r *TestReport) blame(err error) bool {
	i := slices.IndexFunc(r.Tests, func(t Test) bool { return t.Phase == release.HookPhaseFailed.String() })
	if i < 0 {
		return false
	}
	if r.Tests[i].Failure == "" {
		r.Tests[i].Failure = err.Error()
	}
	return true
}

// separate puts the tests that ran since begun first, and removes what the others
// remember of earlier runs.
func (r *TestReport) separate(begun time.Time) {
	var done, left []Test
	for _, test := range r.Tests {
		if test.Started.Before(begun) {
			test.Phase, test.Started, test.Completed = "", time.Time{}, time.Time{}
			left = append(left, test)
			continue
		}
		done = append(done, test)
	}
	slices.SortStableFunc(done, func(a, b Test) int { return a.Started.Compare(b.Started) })
	r.Tests = slices.Concat(done, left)
}

// testsOf lists the tests of a revision.
func testsOf(tested *release.Release, ran map[string]Test, names []string) []Test {
	var all []Test
	for _, recorded := range tested.Hooks {
		hook := toHook(recorded)
		if !slices.Contains(hook.Events, release.HookTest.String()) || len(names) > 0 && !slices.Contains(names, hook.Name) {
			continue
		}
		test := ran[hook.Name]
		test.Hook = hook
		all = append(all, test)
	}
	return all
}

// observeTest notes how a test ended and what it wrote.
func (s *session) observeTest(ctx context.Context, ran map[string]Test, list kube.ResourceList, failure error) {
	// The operation may be over because of this very test.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), RepairTimeout)
	defer cancel()
	for _, info := range list {
		test := Test{}
		if failure != nil {
			test.Failure = failure.Error()
		}
		test.Logs = s.client.logs(ctx, info)
		ran[info.Name] = test
	}
}

// logs reads what the pods of a test wrote.
func (c *Client) logs(ctx context.Context, info *resource.Info) []Log {
	s, err := c.session(ctx) // The test's own may be over.
	if err != nil {
		return []Log{{Missing: err.Error()}}
	}
	options := metav1.ListOptions{FieldSelector: "metadata.name=" + info.Name}
	switch kindOf(info) {
	case "Pod":
	case "Job":
		options = metav1.ListOptions{LabelSelector: "batch.kubernetes.io/job-name=" + info.Name}
	default:
		return nil
	}
	pods, err := s.core.Pods(info.Namespace).List(ctx, options)
	if err != nil {
		return []Log{{Missing: fmt.Sprintf("listing the pods of %s: %s", nameOf(info), s.explain(ctx, err))}}
	}
	var logs []Log
	for i := range pods.Items {
		pod := &pods.Items[i]
		for _, container := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
			logs = append(logs, s.log(ctx, pod, container.Name))
		}
	}
	return logs
}

func (s *session) log(ctx context.Context, pod *corev1.Pod, container string) Log {
	log := Log{Pod: pod.Name, Container: container, Phase: string(pod.Status.Phase)}
	stream, err := s.core.Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{Container: container}).Stream(ctx)
	if err != nil {
		log.Missing = err.Error()
		return log
	}
	defer func() { _ = stream.Close() }()
	end := &tail{limit: maxLog}
	if _, err := io.Copy(end, stream); err != nil {
		log.Missing = fmt.Sprintf("the rest: %s", err)
	}
	log.Text = end.String()
	return log
}

// tail keeps the end of what is written to it.
type tail struct {
	limit   int
	content bytes.Buffer
	cut     bool
}

func (t *tail) Write(p []byte) (int, error) {
	t.content.Write(p)
	if over := t.content.Len() - t.limit; over > 0 {
		t.content.Next(over)
		t.cut = true
	}
	return len(p), nil
}

// String is what was kept, from the beginning of a line.
func (t *tail) String() string {
	text := t.content.String()
	if !t.cut {
		return text
	}
	if _, rest, found := strings.Cut(text, "\n"); found {
		return rest
	}
	return text
}
