package story

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/remotecommand"
)

// shell is a shell in a pod that stays open from one command to the next: to start one for each look at the application
// would take longer than the look. It runs one command at a time.
type shell struct {
	pod     string
	stdin   io.Writer
	printed *bufio.Reader
	end     func()
	mark    string // the line that tells the end of a command's output begins with it
}

// openShell starts a shell in a pod, which ends with it or with the context. It asks the API server itself, as kubectl
// would. The caller calls end.
func (w *World) openShell(ctx context.Context, pod string) (*shell, error) {
	request := w.kube.CoreV1().RESTClient().Post().
		Resource("pods").Namespace(w.Namespace).Name(pod).SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{Command: []string{"sh"}, Stdin: true, Stdout: true, Stderr: true}, scheme.ParameterCodec)
	executor, err := remotecommand.NewWebSocketExecutor(w.Config(), "GET", request.URL().String())
	if err != nil {
		return nil, fmt.Errorf("preparing a shell in pod %q: %w", pod, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	commands, stdin := io.Pipe()
	output, stdout := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var complaint bytes.Buffer
		err := executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: commands, Stdout: stdout, Stderr: &complaint})
		if err == nil {
			err = errors.New("it has ended")
		}
		if said := strings.TrimSpace(complaint.String()); said != "" {
			err = fmt.Errorf("%w: %s", err, said)
		}
		_ = stdin.Close()
		stdout.CloseWithError(err)
	}()
	end := func() {
		_ = stdin.Close() // The shell ends with its input; what it may be running does not.
		cancel()
		_ = output.Close()
		<-ended
	}
	return &shell{pod: pod, stdin: stdin, printed: bufio.NewReader(output), end: end, mark: "done-" + rand.Text()}, nil
}

// run runs a command and returns what it prints on either stream. After an error of the shell itself, or when the context
// ends before the command does, the shell is of no more use: sane is false.
func (s *shell) run(ctx context.Context, command string) (printed string, sane bool, err error) {
	defer context.AfterFunc(ctx, s.end)()
	failed := func(err error) (string, bool, error) {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return "", false, fmt.Errorf("running %q in a shell of pod %q: %w", command, s.pod, err)
	}
	// The output may lack its last newline, and the mark needs a line of its own. Why a shell takes no command is what
	// reading from it tells.
	_, _ = fmt.Fprintf(s.stdin, "{ %s\n} 2>&1 </dev/null; code=$?; echo; echo %s $code\n", command, s.mark)
	var all strings.Builder
	for {
		line, err := s.printed.ReadString('\n')
		if err != nil {
			return failed(err)
		}
		status, last := strings.CutPrefix(line, s.mark+" ")
		if !last {
			all.WriteString(line)
			continue
		}
		printed = strings.TrimSuffix(all.String(), "\n")
		code, err := strconv.Atoi(strings.TrimSpace(status))
		if err != nil {
			return failed(fmt.Errorf("reading its exit code: %w", err))
		}
		if code != 0 {
			return "", true, fmt.Errorf("running %q in pod %q: exit code %d: %s", command, s.pod, code, strings.TrimSpace(printed))
		}
		return printed, true, nil
	}
}
