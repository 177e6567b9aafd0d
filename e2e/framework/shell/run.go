package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Result is what a step printed and how it ended.
type Result struct {
	// Output is what went to standard output and standard error, in the order it came.
	Output string
	// Exit is the exit code of the step's last command. Of a step that was ended it means nothing.
	Exit int
	// Took is how long the step ran.
	Took time.Duration
	// TimedOut: the step did not end by itself within its limit, and was ended with all it had started.
	TimedOut bool
	// Left: the step ended the shell itself, as "exit" does. The next step starts a new one, in the
	// same folder and with the same variables.
	Left bool
	// Asks: the step's output ends with a question, to which nobody could give an answer.
	Asks bool
}

// Run runs a step to its end, or until the limit, or until ctx ends; a limit of 0 is none. The
// command may have several lines. Only what keeps the step from being run at all is an error; a
// command that fails is a result.
func (s *Shell) Run(ctx context.Context, command string, limit time.Duration) (Result, error) {
	script := filepath.Join(s.work, "step")
	if err := os.WriteFile(script, []byte(command+"\n"), 0o600); err != nil {
		return Result{}, fmt.Errorf("running %q: %w", brief(command), err)
	}
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, errLimit)
		defer cancel()
	}
	start := time.Now()
	if _, err := fmt.Fprintln(s.bash.steps, script); err != nil {
		return Result{}, fmt.Errorf("running %q: the shell takes no more commands: %w", brief(command), err)
	}
	result, err := s.follow(ctx)
	result.Took = time.Since(start)
	result.Output = spoken(result.Output, script)
	result.Asks = asks(result.Output)
	if err != nil {
		return result, fmt.Errorf("running %q: %w", brief(command), err)
	}
	return result, nil
}

// spoken lets bash speak of itself as in a terminal, and not of the file that the step is in.
func spoken(output, script string) string {
	if !strings.Contains(output, script+": line ") {
		return output
	}
	return regexp.MustCompile(regexp.QuoteMeta(script)+`: line \d+: `).ReplaceAllString(output, "bash: ")
}

// errLimit tells the end of a step's own time from that of the caller's context.
var errLimit = errors.New("the step's time is up")

// follow reads until the step says that it has ended.
func (s *Shell) follow(ctx context.Context) (Result, error) {
	var seen bytes.Buffer
	looked := 0
	for {
		select {
		case chunk, open := <-s.bash.chunks:
			if !open {
				return s.left(&seen)
			}
			seen.Write(chunk)
			if result, done := s.ended(seen.Bytes(), looked); done {
				return result, nil
			}
			looked = max(0, seen.Len()-markLimit)
		case <-s.bash.ended:
			return s.left(&seen)
		case <-ctx.Done():
			result, err := s.interrupt(&seen)
			if err == nil && !errors.Is(cause(ctx), errLimit) {
				err = cause(ctx)
			}
			return result, err
		}
	}
}

// markLimit is more than the end mark has bytes: one that came only in part is found there.
const markLimit = 64

// ended looks for the end mark: NUL, token, exit code, NUL. What was looked at before is not
// looked at again.
func (s *Shell) ended(seen []byte, looked int) (Result, bool) {
	mark := []byte("\x00" + s.token + " ")
	at := bytes.Index(seen[looked:], mark)
	if at < 0 {
		return Result{}, false
	}
	at += looked
	code, _, complete := bytes.Cut(seen[at+len(mark):], []byte{0})
	if !complete {
		return Result{}, false
	}
	exit, err := strconv.Atoi(string(code))
	if err != nil {
		return Result{}, false
	}
	return Result{Output: string(seen[:at]), Exit: exit}, true
}

// left is for a step that ended bash: its successor goes on where the step before had left it.
func (s *Shell) left(seen *bytes.Buffer) (Result, error) {
	<-s.bash.ended
	s.drain(seen, settleTimeout)
	result := Result{Output: s.unmarked(seen.String()), Exit: s.bash.cmd.ProcessState.ExitCode(), Left: true}
	return result, s.restart()
}

// interrupt ends what the step has started. Bash goes with it, which may itself be at work, in a
// loop for example; its successor goes on where the step before had left it.
func (s *Shell) interrupt(seen *bytes.Buffer) (Result, error) {
	s.drain(seen, settleTimeout)
	return Result{Output: s.unmarked(seen.String()), TimedOut: true}, s.restart()
}

// unmarked is the output of a step that was ended, without an end mark: bash may have written it, or the beginning of
// it, in the very moment.
func (s *Shell) unmarked(output string) string {
	before, _, _ := strings.Cut(output, "\x00"+s.token)
	return before
}

// drain ends whoever could still print, and takes what was printed.
func (s *Shell) drain(seen *bytes.Buffer, limit time.Duration) {
	patience := time.NewTimer(limit)
	defer patience.Stop()
	kill(s.bash.cmd.Process.Pid)
	for {
		select {
		case chunk, open := <-s.bash.chunks:
			seen.Write(chunk)
			if !open {
				return
			}
		case <-patience.C:
			return
		}
	}
}

// brief is a command's first line, for errors.
func brief(command string) string {
	line, _, more := strings.Cut(strings.TrimSpace(command), "\n")
	if more {
		return line + " …"
	}
	return line
}
