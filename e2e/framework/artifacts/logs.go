package artifacts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// logTimeout bounds one log: a node that is gone answers nobody.
	logTimeout = 15 * time.Second
	// logLines bounds what a kubelet reads back from the end of a log.
	logLines = 20_000
)

// logs writes the logs of all containers of all pods of a namespace, and of their runs before.
func (c collector) logs(ctx context.Context, namespace string) error {
	pods, err := c.kube.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("listing pods: %w", err)
	}
	var mu sync.Mutex
	var failures []error
	group := errgroup.Group{}
	group.SetLimit(atOnce)
	for _, p := range pods.Items {
		for _, l := range logsOf(p) {
			group.Go(func() error {
				if err := c.log(ctx, p, l); err != nil {
					mu.Lock()
					defer mu.Unlock()
					failures = append(failures, fmt.Errorf("pod %q, container %q: %w", p.Name, l.container, err))
				}
				return nil
			})
		}
	}
	err = group.Wait()
	return errors.Join(append(failures, err)...)
}

// containerLog is one log that exists.
type containerLog struct {
	container, file string
	previous        bool
}

// logsOf lists the logs of a pod. A container that never ran has none, and one that never ran twice has one.
func logsOf(p corev1.Pod) []containerLog {
	var all []containerLog
	for _, s := range slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses, p.Status.EphemeralContainerStatuses) {
		before := s.LastTerminationState.Terminated != nil
		if s.State.Running != nil || s.State.Terminated != nil || before {
			all = append(all, containerLog{container: s.Name, file: s.Name + ".log"})
		}
		if before {
			all = append(all, containerLog{container: s.Name, file: s.Name + ".previous.log", previous: true})
		}
	}
	return all
}

func (c collector) log(ctx context.Context, p corev1.Pod, l containerLog) error {
	ctx, cancel := context.WithTimeout(ctx, logTimeout)
	defer cancel()
	stream, err := c.kube.CoreV1().Pods(p.Namespace).GetLogs(p.Name, &corev1.PodLogOptions{
		Container: l.container, Previous: l.previous, Timestamps: true, TailLines: new(int64(logLines)),
	}).Stream(ctx)
	if err != nil {
		return fmt.Errorf("reading the log: %w", err)
	}
	kept := tail{limit: cmp.Or(c.request.LogLimit, DefaultLogLimit)}
	_, err = io.Copy(&kept, stream)
	err = errors.Join(err, stream.Close())
	// Half a log is better than none.
	return errors.Join(err, c.in(p.Namespace).write(kept.bytes(), "logs", p.Name, l.file))
}

// tail keeps the end of what is written to it.
type tail struct {
	limit   int
	data    []byte
	dropped int
}

// Write implements [io.Writer].
func (t *tail) Write(p []byte) (int, error) {
	t.data = append(t.data, p...)
	// Cutting only at twice the limit keeps copying cheap.
	if len(t.data) > 2*t.limit {
		t.cut()
	}
	return len(p), nil
}

func (t *tail) cut() {
	if more := len(t.data) - t.limit; more > 0 {
		t.dropped += more
		t.data = append(t.data[:0], t.data[more:]...)
	}
}

func (t *tail) bytes() []byte {
	t.cut()
	if t.dropped == 0 {
		return t.data
	}
	return append(fmt.Appendf(nil, "[%d bytes before this left out]\n", t.dropped), t.data...)
}
