package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/runid"
	"seatrial/e2e/framework/shell"
	"seatrial/e2e/framework/stage"
	"seatrial/e2e/framework/trial"
)

// place is where a course is played: a shell, and what has to be taken away afterwards.
type place struct {
	shell trial.Shell
	close func(context.Context) error
}

// leave takes away what the course has needed and made, also after Ctrl-C.
func (at place) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stage.CloseTimeout)
	defer cancel()
	return at.close(ctx)
}

// enter makes the place for a course.
func (p *playing) enter(ctx context.Context, on framework.Handle) (place, error) {
	if p.course.of == nil {
		return p.enterHere(ctx, on)
	}
	made, err := stage.Open(ctx, stage.Options{Scenario: p.course.of, Kubeconfig: on.Kubeconfig, Bin: on.Assets.Bin})
	if err != nil {
		return place{}, err
	}
	return place{shell: made.Shell, close: made.Close}, nil
}

// enterHere is for documents that were named one by one: a shell in the user's own folder, whose home is thrown away.
func (p *playing) enterHere(ctx context.Context, on framework.Handle) (_ place, err error) {
	home, err := runid.TempDir("home")
	if err != nil {
		return place{}, err
	}
	at := place{close: func(context.Context) error { return os.RemoveAll(home) }}
	defer func() {
		if err != nil {
			err = errors.Join(err, at.leave(ctx))
		}
	}()
	dir, err := filepath.Abs(p.dir)
	if err != nil {
		return place{}, fmt.Errorf("finding the folder to start in: %w", err)
	}
	reader, err := shell.Start(shell.Options{
		Dir: dir, Home: home, Path: []string{on.Assets.Bin}, Env: []string{"KUBECONFIG=" + on.Kubeconfig},
	})
	if err != nil {
		return place{}, err
	}
	at = place{shell: reader, close: func(context.Context) error { return errors.Join(reader.Close(), os.RemoveAll(home)) }}
	for _, command := range p.setup {
		if err := p.prepare(ctx, reader, command); err != nil {
			return place{}, err
		}
	}
	return at, nil
}

func (p *playing) prepare(ctx context.Context, reader trial.Shell, command string) error {
	fmt.Fprintf(p.out, "   setup   %s\n", command)
	result, err := reader.Run(ctx, command, p.said.Timeout)
	switch {
	case err != nil:
		return err
	case result.TimedOut:
		return fmt.Errorf("setup %q did not end within %s", command, p.said.Timeout)
	case result.Exit != 0:
		return fmt.Errorf("setup %q failed with exit code %d: %s", command, result.Exit, strings.TrimSpace(result.Output))
	}
	return nil
}
