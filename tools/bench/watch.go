package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"seatrial/e2e/framework/assets"
)

// watchLimit is for one exercise of the guestbook, from the moment that it is saved to the verdict.
const watchLimit = 3 * time.Second

// watched measures how long the author of a document waits for the verdict after saving it, against the limit.
func (b *bench) watched(ctx context.Context) (result row, err error) {
	program, document := filepath.Join(b.work, "seatrial"), filepath.Join(b.work, "exercise.md")
	if _, err := b.command(ctx, nil, "go", "build", "-o", program, "./tools/seatrial"); err != nil {
		return row{}, err
	}
	content, err := os.ReadFile(filepath.Join(b.root, "scenarios", "guestbook", "en", "exercise-1.md"))
	if err != nil {
		return row{}, err
	}
	if err := b.save(document, content); err != nil {
		return row{}, err
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	w, err := b.watch(ctx, program, document)
	if err != nil {
		return row{}, err
	}
	defer func() {
		end()
		err = errors.Join(err, w.ended())
	}()
	if err := errors.Join(w.verdict(), w.until("-- watching")); err != nil {
		return row{}, err
	}
	var took []time.Duration
	for round := range 2*b.rounds + 1 {
		saved := time.Now()
		if err := b.save(document, fmt.Appendf(bytes.Clone(content), "\nRound %d.\n", round)); err != nil {
			return row{}, err
		}
		if err := w.verdict(); err != nil {
			return row{}, err
		}
		took = append(took, time.Since(saved))
		if err := w.until("-- watching"); err != nil {
			return row{}, err
		}
	}
	middle := median(took)
	return row{
		what: "embedded: from saving an exercise to its verdict with --watch, against the limit", ours: seconds(middle), baseline: seconds(watchLimit),
		ratio: middle.Seconds() / watchLimit.Seconds(), bound: 1,
	}, nil
}

func (*bench) save(document string, content []byte) error {
	//nolint:gosec // It is in the folder for what is measured.
	if err := os.WriteFile(document, content, 0o600); err != nil {
		return fmt.Errorf("saving a document: %w", err)
	}
	return nil
}

// session is a command that watches a document.
type session struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

func (b *bench) watch(ctx context.Context, program, document string) (*session, error) {
	cmd := exec.CommandContext(ctx, program, "workshop", document, "--dir", "charts", "--watch", "--provider", assets.Embedded, "--artifacts", b.work)
	cmd.Dir = b.root
	// It has a cluster to take down.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting a watch: %w", err)
	}
	return &session{cmd: cmd, lines: bufio.NewScanner(out)}, nil
}

// verdict waits for one, which has to be that the document holds.
func (s *session) verdict() error { return s.until("PASSED: ") }

// until waits for a line that begins so.
func (s *session) until(begin string) error {
	for s.lines.Scan() {
		if line := s.lines.Text(); strings.HasPrefix(line, begin) {
			return nil
		} else if strings.HasPrefix(line, "FAILED: ") {
			return fmt.Errorf("watching an exercise: %s", line)
		}
	}
	return errors.Join(errors.New("watching an exercise: the command has ended"), s.lines.Err())
}

// ended waits for the end of the command, which was interrupted: that it holds is its last word.
func (s *session) ended() error {
	for s.lines.Scan() {
		continue
	}
	err := s.cmd.Wait()
	if errors.Is(err, context.Canceled) || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
