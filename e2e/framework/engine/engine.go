package engine

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// stopGrace is how long a cancelled call may take to end by itself before it is killed.
const stopGrace = 5 * time.Second

// Engine is a container engine that has proven it can run a kind node.
type Engine struct {
	// Name is "podman", "docker" or "nerdctl".
	Name string
	// Path is the binary.
	Path string
	// Version is what the binary says of itself, e.g. "4.3.1".
	Version string
	// Env has the environment entries that each call needs, e.g. CONTAINERS_CONF=<file>. They must also be set for
	// libraries that call the engine by its name.
	Env []string
	// Rootless says that containers run without the rights of root.
	Rootless bool
	// DNS says that containers of one network find each other by name, which a cluster of several nodes needs.
	DNS bool
	// IPv6 says that a network with an IPv6 subnet works. Without it, the network that kind uses must be made by hand
	// before kind makes its own, which has one.
	IPv6 bool
	// Host is what was found about the machine.
	Host Host
}

// Command prepares a call of the engine. When ctx ends, the engine is asked to stop and killed only if it does not.
func (e *Engine) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, e.Path, args...)
	cmd.Env = append(os.Environ(), e.Env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopGrace
	return cmd
}

// Run calls the engine and returns its standard output without the trailing line breaks. The error is a [*RunError].
func (e *Engine) Run(ctx context.Context, args ...string) (string, error) {
	var out bytes.Buffer
	err := e.Stream(ctx, nil, &out, args...)
	return strings.TrimRight(out.String(), "\r\n"), err
}

// Stream calls the engine between stdin and stdout, either of which may be nil. The error is a [*RunError].
func (e *Engine) Stream(ctx context.Context, stdin io.Reader, stdout io.Writer, args ...string) error {
	_, err := e.call(ctx, stdin, stdout, args)
	return err
}

// call also returns what the engine says on standard error, where it warns of what it does without.
func (e *Engine) call(ctx context.Context, stdin io.Reader, stdout io.Writer, args []string) (string, error) {
	cmd := e.Command(ctx, args...)
	stderr := &tail{limit: stderrLimit}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stderr
	err := cmd.Run()
	said := strings.TrimSpace(stderr.String())
	if err == nil {
		return said, nil
	}
	if ctx.Err() != nil {
		// The exit status only tells how we stopped it.
		err = context.Cause(ctx)
	}
	return said, &RunError{
		Command:  e.pasteable(args),
		ExitCode: cmd.ProcessState.ExitCode(),
		Stderr:   said,
		Err:      err,
	}
}

// String names the engine for people.
func (e *Engine) String() string {
	return fmt.Sprintf("%s %s (%s)", e.Name, e.Version, e.Path)
}
