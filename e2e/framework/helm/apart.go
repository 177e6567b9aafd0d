package helm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"seatrial/e2e/framework/runid"
)

// apartWait is how long what a process has printed is waited for when it was ended.
const apartWait = 5 * time.Second

// Apart renders charts in processes of their own. Templates in this process cannot be ended, so whoever renders charts of
// others does this first.
type Apart struct {
	// Command is the path of a helm command.
	Command string
	// Release and Namespace are what templates are told.
	Release, Namespace string
	// Kubeconfig is the path of that of the cluster whose version, kinds and objects templates see. If empty, they see no
	// cluster.
	Kubeconfig string
}

// Render renders a chart, and forgets what that makes. The process is ended when it goes over [RenderTimeout] or
// [MaxMemory], which is [ErrEndless]; of templates that fail within these it says nothing, as [Render] has better words
// for it.
func (a Apart) Render(ctx context.Context, ch *Chart, v Values) error {
	if err := a.render(ctx, ch, v); err != nil {
		return fmt.Errorf("rendering chart %q as release %q: %w", ch.path, a.Release, err)
	}
	return nil
}

func (a Apart) render(ctx context.Context, ch *Chart, v Values) (err error) {
	path, err := filepath.Abs(ch.path)
	if err != nil {
		return err
	}
	home, err := runid.TempDir("render")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	values, err := json.Marshal(v.clone())
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, RenderTimeout)
	defer cancel()
	const kibibyte = 1 << 10
	cmd := exec.CommandContext(limited, "sh", "-c", `ulimit -d "$0" && exec "$@"`, strconv.Itoa(MaxMemory/kibibyte),
		a.Command)
	cmd.Args = append(cmd.Args, a.arguments(path)...)
	cmd.Env = a.environment(home)
	cmd.Stdin = bytes.NewReader(values)
	complaint := &beginning{}
	cmd.Stderr = complaint
	cmd.WaitDelay = apartWait
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case limited.Err() != nil:
		return fmt.Errorf("%w: they were still at work after %s", ErrEndless, RenderTimeout)
	case !errors.As(err, &exit):
		return fmt.Errorf("running %q: %w", a.Command, err)
	case exit.ExitCode() == 1 && !complaint.fatal():
		return nil // Helm has come to an end, and has something against the chart.
	default:
		return fmt.Errorf("%w: with %d MiB of memory, helm ended with %w: %s", ErrEndless, MaxMemory>>20, exit, complaint.line())
	}
}

// arguments are those of the helm command. To install is what asks a cluster as an installation does; it is told to change
// nothing.
func (a Apart) arguments(path string) []string {
	all := []string{"template", a.Release, path, "--namespace", a.Namespace, "--values", "-"}
	if a.Kubeconfig != "" {
		all[0] = "install"
		all = append(all, "--dry-run=server", "--kubeconfig", a.Kubeconfig)
	}
	return all
}

// environment has nothing of the user's where it is not needed. The way into a cluster may need it, all but what is for the
// user's own helm.
func (a Apart) environment(home string) []string {
	if a.Kubeconfig == "" {
		return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "KUBECONFIG=" + os.DevNull}
	}
	users := slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, "HELM_") })
	return append(users, "HELM_CACHE_HOME="+home, "HELM_CONFIG_HOME="+home, "HELM_DATA_HOME="+home)
}

// beginning keeps the first of what a process prints.
type beginning struct{ kept []byte }

const longestBeginning = 4 << 10

func (b *beginning) Write(p []byte) (int, error) {
	b.kept = append(b.kept, p[:min(len(p), longestBeginning-len(b.kept))]...)
	return len(p), nil
}

// fatal tells whether it was Go that ended the process.
func (b *beginning) fatal() bool {
	return bytes.Contains(b.kept, []byte("fatal error: ")) || bytes.Contains(b.kept, []byte("runtime: "))
}

// line is the one that says why.
func (b *beginning) line() string {
	first := "it says nothing"
	for line := range strings.Lines(string(b.kept)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "fatal error: ") {
			return line
		}
		if first == "it says nothing" && line != "" {
			first = line
		}
	}
	return first
}
