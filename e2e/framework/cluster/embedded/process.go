package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Files in the folder of a cluster. What else is there is the program's own.
const (
	kubeconfigFile = "kubeconfig"
	logFile        = "embedded.log"
	stderrFile     = "stderr.txt"
)

// process is a control plane that this process has started.
type process struct {
	dir    string
	pid    int
	stdout *os.File
	stdin  *os.File      // its end tells the child that we are gone; none if it is to stay
	exited chan struct{} // closed once state is set
	state  *os.ProcessState
	kill   func() error
}

// launch starts the program with its data in dir.
func launch(ctx context.Context, binary, dir string, o *order) (*process, error) {
	args := []string{
		"--data", dir, "--nodes", strconv.Itoa(o.nodes),
		"--kubeconfig", filepath.Join(dir, kubeconfigFile), "--log", filepath.Join(dir, logFile),
	}
	if o.keep {
		args = append(args, "--stay")
	}
	// We end it ourselves: the end of ctx is the end of a creation, not of a cluster.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), binary, args...)
	attach(cmd, o.keep)
	p, err := start(cmd, dir, !o.keep)
	if err != nil {
		return nil, fmt.Errorf("starting the control plane %q: %w", binary, unable(err))
	}
	return p, nil
}

// start gives the command its pipes. All of its output but the ready line is in files,
// which are there when everybody is gone.
func start(cmd *exec.Cmd, dir string, guarded bool) (_ *process, err error) { //nolint:revive // Not a mode: whether there is a pipe to hold.
	var theirs []*os.File
	p := &process{dir: dir, exited: make(chan struct{})}
	defer func() {
		for _, file := range theirs {
			err = errors.Join(err, file.Close())
		}
		if err != nil {
			p.closePipes()
		}
	}()
	stderr, err := os.OpenFile(filepath.Join(dir, stderrFile), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	theirs = append(theirs, stderr)
	stdout, said, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.stdout, theirs = stdout, append(theirs, said)
	if guarded {
		held, stdin, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		p.stdin, theirs = stdin, append(theirs, held)
		cmd.Stdin = held
	}
	cmd.Stdout, cmd.Stderr = said, stderr
	if err := p.spawn(cmd); err != nil {
		return nil, err
	}
	return p, nil
}

// spawn starts the process on a thread that lives as long as the process, because the
// kernel takes the end of the thread for the end of the parent.
func (p *process) spawn(cmd *exec.Cmd) error {
	started := make(chan error, 1)
	go func() {
		defer close(p.exited)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err != nil {
			started <- err
			return
		}
		p.pid, p.kill = cmd.Process.Pid, cmd.Process.Kill
		started <- nil
		// How it ended is in its state.
		_ = cmd.Wait()
		p.state = cmd.ProcessState
	}()
	return <-started
}

func (p *process) closePipes() {
	for _, file := range []*os.File{p.stdout, p.stdin} {
		if file != nil {
			_ = file.Close() // Nothing was written that could be lost.
		}
	}
}

// stop kills the process, which has nothing to save, and waits for its end. It may be
// called again.
func (p *process) stop(ctx context.Context) error {
	// An error only says that it has ended already.
	_ = p.kill()
	select {
	case <-p.exited:
		p.closePipes()
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for the end of process %d, which was killed: %w", p.pid, context.Cause(ctx))
	}
}

// errEnded says that the process is not running any more; the wrapping says why.
var errEnded = errors.New("its control plane has ended")

// ended explains how the process ended, in its own words if it had any, or is nil while
// it runs.
func (p *process) ended() error {
	select {
	case <-p.exited:
	default:
		return nil
	}
	said, err := os.ReadFile(filepath.Join(p.dir, stderrFile))
	if cause := starved(p.state, string(said), tail(filepath.Join(p.dir, logFile))); cause != nil {
		return fmt.Errorf("%w (%s): %w", errEnded, p.state, cause)
	}
	if cause := crowded(p.dir, string(said)+tail(filepath.Join(p.dir, logFile))); cause != nil {
		return fmt.Errorf("%w (%s): %w", errEnded, p.state, cause)
	}
	if words := firstLines(string(said)); err == nil && words != "" {
		return fmt.Errorf("%w (%s): %s", errEnded, p.state, words)
	}
	if last := lastLine(filepath.Join(p.dir, logFile)); last != "" {
		return fmt.Errorf("%w (%s) without a word; the last line of its log is %q", errEnded, p.state, last)
	}
	return fmt.Errorf("%w (%s) without a word", errEnded, p.state)
}

// firstLines is where a program says what is wrong, before the stacks of a crash.
func firstLines(text string) string {
	const enough = 6
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > enough {
		lines = append(lines[:enough], "…")
	}
	return strings.Join(lines, "\n")
}
