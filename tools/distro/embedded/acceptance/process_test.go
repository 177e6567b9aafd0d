package acceptance

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const patience = time.Minute

// actAsParent makes the test's own program start the one under test and wait to be killed.
const actAsParent = "EMBEDDED_TEST_PARENT"

var built struct {
	once   sync.Once
	folder string
	path   string
	err    error
}

func TestMain(m *testing.M) {
	if program := os.Getenv(actAsParent); program != "" {
		if err := parent(program); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return
	}
	m.Run()
	_ = os.RemoveAll(built.folder)
}

// binary builds the program, as the harness does, when the first test needs it.
func binary(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		//nolint:usetesting // All tests need it, not only the first.
		if built.folder, built.err = os.MkdirTemp("", "embedded-binary-"); built.err != nil {
			return
		}
		built.path = filepath.Join(built.folder, "embedded")
		version := kubernetesVersion(t)
		flags := "-s -w -X k8s.io/component-base/version.gitVersion=" + version + " -X k8s.io/client-go/pkg/version.gitVersion=" + version
		build := exec.Command("go", "build", "-tags", "no_btrfs,no_devmapper,no_zfs,no_aufs", "-ldflags", flags, "-o", built.path, "../../cmd/embedded") //nolint:noctx // It serves all tests, not this one alone.
		build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-trimpath")
		if out, err := build.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("building the program: %w: %s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

func kubernetesVersion(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// ready is the line that the program prints.
type ready struct {
	Ready      bool   `json:"ready"`
	Server     string `json:"server"`
	Kubeconfig string `json:"kubeconfig"`
	Data       string `json:"data"`
	Kubernetes string `json:"kubernetes"`
	PID        int    `json:"pid"`
}

// process is a running program.
type process struct {
	ready

	command *exec.Cmd
	input   io.Closer
	output  *bufio.Reader
	errors  *bytes.Buffer
	waited  sync.Once
	code    int
}

// launch starts the program and waits for its line.
func launch(t *testing.T, arguments ...string) *process {
	t.Helper()
	p := &process{errors: &bytes.Buffer{}}
	p.command = exec.CommandContext(t.Context(), binary(t), arguments...)
	// At the end of a test it is to clean up after itself.
	p.command.Cancel = func() error { return p.command.Process.Signal(syscall.SIGTERM) }
	p.command.WaitDelay = patience
	p.command.Stderr = p.errors
	input, err := p.command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.input = input
	output, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.output = bufio.NewReader(output)
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.wait() })
	line, err := p.output.ReadBytes('\n')
	if err != nil {
		p.wait()
		t.Fatalf("it ended with %d before it was ready: %s", p.code, p.errors)
	}
	if err := json.Unmarshal(line, &p.ready); err != nil {
		t.Fatalf("reading %s: %v", line, err)
	}
	return p
}

// wait returns the exit code.
func (p *process) wait() int {
	p.waited.Do(func() {
		err := p.command.Wait()
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			p.code = exit.ExitCode()
		}
	})
	return p.code
}

// end ends the program and checks that it had nothing more to say.
func (p *process) end(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	more, err := io.ReadAll(p.output)
	if err != nil || len(more) > 0 {
		t.Errorf("it also printed %q (%v)", more, err)
	}
	if code := p.wait(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
	if p.errors.Len() > 0 {
		t.Errorf("it complained: %s", p.errors)
	}
}

func (p *process) config(t *testing.T) *rest.Config {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", p.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	config.QPS = -1
	return config
}

func (p *process) client(t *testing.T) kubernetes.Interface {
	t.Helper()
	client, err := kubernetes.NewForConfig(p.config(t))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// parent starts the program, passes its line on, and holds its input until it is killed.
func parent(program string) error {
	child := exec.Command(program) //nolint:noctx,gosec // It is to outlive us; the test says what to run.
	child.Stdout = os.Stdout
	if _, err := child.StdinPipe(); err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return err
	}
	return child.Wait()
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

func gone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, os.ErrNotExist)
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for !holds() {
		select {
		case <-ticker.C:
		case <-deadline.C:
			t.Fatalf("waiting until %s", what)
		}
	}
}
