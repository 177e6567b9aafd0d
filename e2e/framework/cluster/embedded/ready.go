package embedded

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

const (
	// longestLine is far above what a ready line has, so that a program which prints
	// without end is noticed.
	longestLine = 64 << 10
	// exitTimeout is how long a program may take to end that has closed its output.
	exitTimeout = 5 * time.Second
	// tailSize is how much of the end of a log is looked at for its last line.
	tailSize = 8 << 10
)

// announcement is the line that a control plane prints when it is ready.
type announcement struct {
	Ready      bool   `json:"ready"`
	Server     string `json:"server"`
	Kubernetes string `json:"kubernetes"`
	PID        int    `json:"pid"`
}

// awaitReady waits for the ready line, the end of the process, or the end of ctx.
func (p *process) awaitReady(ctx context.Context) (announcement, error) {
	type result struct {
		line string
		err  error
	}
	heard := make(chan result, 1)
	go func() {
		line, err := bufio.NewReader(io.LimitReader(p.stdout, longestLine)).ReadString('\n')
		heard <- result{line, err}
	}()
	select {
	case first := <-heard:
		if first.err != nil {
			return announcement{}, p.silent(ctx, first.line)
		}
		return parseReady(first.line)
	case <-ctx.Done():
		err := context.Cause(ctx)
		// Nobody may read on from a pipe that is about to be closed.
		_ = p.stdout.Close()
		<-heard
		return announcement{}, err
	}
}

// silent explains an output that ended before the ready line.
func (p *process) silent(ctx context.Context, line string) error {
	if len(line) >= longestLine {
		return errors.New("it prints something else than a ready line: is it the program that `make prepare` builds?")
	}
	ctx, cancel := context.WithTimeoutCause(ctx, exitTimeout, fmt.Errorf("still running after %s", exitTimeout))
	defer cancel()
	select {
	case <-p.exited:
		return p.ended()
	case <-ctx.Done():
		return fmt.Errorf("it closed its output without a ready line: %w", context.Cause(ctx))
	}
}

func parseReady(line string) (announcement, error) {
	var ready announcement
	if err := json.Unmarshal([]byte(line), &ready); err != nil || !ready.Ready {
		return ready, fmt.Errorf("it printed %q instead of its ready line: is it the program that `make prepare` builds?", strings.TrimSpace(line))
	}
	return ready, nil
}

// lastLine is the end of a log, or nothing.
func lastLine(file string) string {
	lines := strings.Split(strings.TrimSpace(tail(file)), "\n")
	return lines[len(lines)-1]
}

// tail is the last part of a file, or nothing.
func tail(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	if about, err := f.Stat(); err == nil && about.Size() > tailSize {
		if _, err := f.Seek(-tailSize, io.SeekEnd); err != nil {
			return ""
		}
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return ""
	}
	return string(text)
}
