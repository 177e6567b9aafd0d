package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Bounds of the embedded control plane.
const (
	readyzBound     = 0.2
	deploymentBound = 0.25
	namespaceBound  = 0.2 // The stock controller waits for five seconds before it looks.
	deleteLimit     = 100 * time.Millisecond
	memoryLimit     = 350e6 // bytes at rest

	startTimeout = 2 * time.Minute
	askInterval  = 5 * time.Millisecond
	restTime     = 3 * time.Second // until memory is at rest
)

// token is what a control plane is asked with; nobody else reaches it.
const token = "bench-bench-bench-bench" //nolint:gosec // Of a server that lives for seconds, on loopback.

// start is one start of a control plane: what it took since the first process was started.
type start struct {
	readyz, deployment, end time.Duration
	namespace               time.Duration // from the deletion of one with a Deployment until it is gone
	memory                  float64       // bytes
}

// plane is a control plane under measurement: the processes it takes, in the order of their start.
type plane struct {
	commands []*exec.Cmd
	port     int
	// enough tells whether the Deployment is as far as this plane can bring it.
	enough func(*appsv1.Deployment, []corev1.Pod) bool
}

// controlPlanes compares the embedded control plane with the same parts as processes of their own.
func (b *bench) controlPlanes(ctx context.Context) ([]row, error) {
	programs, err := b.separatePrograms(ctx)
	if err != nil {
		return nil, err
	}
	var ours, theirs []start
	for round := range 2*b.rounds + 1 {
		ourStart, err := b.measure(ctx, func(dir string, port int) (*plane, error) { return b.embedded(ctx, dir, port) })
		if err != nil {
			return nil, fmt.Errorf("starting the embedded control plane: %w", err)
		}
		theirStart, err := b.measure(ctx, func(dir string, port int) (*plane, error) { return separate(ctx, programs, dir, port) })
		if err != nil {
			return nil, fmt.Errorf("starting separate processes: %w", err)
		}
		if round == 0 {
			continue // The first round pays for reading the programs from disk.
		}
		ours, theirs = append(ours, ourStart), append(theirs, theirStart)
		tell("control plane, round %d: /readyz ours %s, separate %s; Deployment ours %s, separate %s", round,
			seconds(ourStart.readyz), seconds(theirStart.readyz), seconds(ourStart.deployment), seconds(theirStart.deployment))
	}
	readyz := func(s start) time.Duration { return s.readyz }
	deployment := func(s start) time.Duration { return s.deployment }
	namespace := func(s start) time.Duration { return s.namespace }
	tell("best of %d: /readyz after %s, a Deployment of 2 available after %s", len(ours), seconds(slices.Min(each(ours, readyz))), seconds(slices.Min(each(ours, deployment))))
	ends := median(each(ours, func(s start) time.Duration { return s.end }))
	memory := ours[len(ours)-1].memory
	return []row{
		against("embedded: from start to /readyz, against etcd and kube-apiserver as processes", each(ours, readyz), each(theirs, readyz), readyzBound),
		against("embedded: to a Deployment of 2 available, against its pods created by processes", each(ours, deployment), each(theirs, deployment), deploymentBound),
		against("embedded: the end of a namespace with a Deployment, against the stock controller", each(ours, namespace), each(theirs, namespace), namespaceBound),
		{
			what: "embedded: end of the process, against the limit", ours: fmt.Sprintf("%d ms", ends.Milliseconds()),
			baseline: fmt.Sprintf("%d ms", deleteLimit.Milliseconds()), ratio: ends.Seconds() / deleteLimit.Seconds(), bound: 1,
		},
		{
			what: "embedded: memory at rest, against the limit", ours: fmt.Sprintf("%.0f MB", memory/1e6),
			baseline: fmt.Sprintf("%.0f MB", memoryLimit/1e6), ratio: memory / memoryLimit, bound: 1,
		},
	}, nil
}

func each(all []start, of func(start) time.Duration) []time.Duration {
	var values []time.Duration
	for _, one := range all {
		values = append(values, of(one))
	}
	return values
}

func (b *bench) embedded(ctx context.Context, dir string, port int) (*plane, error) {
	tokenFile := filepath.Join(dir, "token")
	if err := os.WriteFile(tokenFile, []byte(token), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, b.prepared.Embedded(), "--data", filepath.Join(dir, "data"), "--port", strconv.Itoa(port), "--token-file", tokenFile, "--stay")
	cmd.Stderr = os.Stderr // Where it says why it did not start.
	return &plane{commands: []*exec.Cmd{cmd}, port: port, enough: func(d *appsv1.Deployment, _ []corev1.Pod) bool { return d.Status.AvailableReplicas == 2 }}, nil
}

// measure starts a control plane, brings a Deployment as far as it gets, and ends it.
func (b *bench) measure(ctx context.Context, prepare func(dir string, port int) (*plane, error)) (result start, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("not ready within %s", startTimeout))
	defer cancel()
	dir, err := os.MkdirTemp(b.work, "plane-")
	if err != nil {
		return start{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ports, err := freePorts(1)
	if err != nil {
		return start{}, err
	}
	p, err := prepare(dir, ports[0])
	if err != nil {
		return start{}, err
	}
	begun := time.Now()
	for _, cmd := range p.commands {
		if err := cmd.Start(); err != nil {
			return start{}, err
		}
	}
	defer func() {
		ending := time.Now()
		for _, cmd := range p.commands {
			_ = cmd.Process.Kill()
		}
		for _, cmd := range p.commands {
			_ = cmd.Wait()
		}
		result.end = time.Since(ending)
	}()
	kube, err := kubernetes.NewForConfig(&rest.Config{
		Host: fmt.Sprintf("https://127.0.0.1:%d", p.port), BearerToken: token, QPS: -1, TLSClientConfig: rest.TLSClientConfig{Insecure: true},
	})
	if err != nil {
		return start{}, err
	}
	if err := ask(ctx, func() bool { return kube.RESTClient().Get().AbsPath("/readyz").Do(ctx).Error() == nil }); err != nil {
		return start{}, err
	}
	result.readyz = time.Since(begun)
	if err := p.deploy(ctx, kube, metav1.NamespaceDefault); err != nil {
		return start{}, err
	}
	result.deployment = time.Since(begun)
	if result.namespace, err = p.deletion(ctx, kube); err != nil {
		return start{}, err
	}
	if len(p.commands) == 1 {
		result.memory, err = atRest(ctx, p.commands[0].Process.Pid)
	}
	return result, err
}

// ask repeats a question until the answer is yes.
func ask(ctx context.Context, question func() bool) error {
	ticker := time.NewTicker(askInterval)
	defer ticker.Stop()
	for !question() {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
		}
	}
	return nil
}

// atRest is the memory of a process after a while.
func atRest(ctx context.Context, pid int) (float64, error) {
	timer := time.NewTimer(restTime)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	case <-timer.C:
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("reading the memory of process %d: %w", pid, err)
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmRSS:" {
			const kilo = 1024
			kilobytes, err := strconv.ParseFloat(fields[1], 64)
			return kilobytes * kilo, err
		}
	}
	return 0, fmt.Errorf("reading the memory of process %d: it has no VmRSS", pid)
}
