package main

import (
	"cmp"
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
	made, err := stage.Open(ctx, stage.Options{Scenario: p.course.of, Kubeconfig: on.Kubeconfig, Bin: on.Assets.Bin, Sandbox: p.sandbox})
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
	options := shell.Options{Dir: dir, Home: home, Path: []string{on.Assets.Bin}, Env: []string{"KUBECONFIG=" + on.Kubeconfig}}
	release := func() {}
	if p.sandbox {
		if release, err = confine(&options, on); err != nil {
			return place{}, err
		}
	}
	reader, err := shell.Start(options)
	if err != nil {
		release()
		return place{}, err
	}
	at = place{shell: reader, close: func(context.Context) error {
		err := reader.Close()
		release()
		return errors.Join(err, os.RemoveAll(home))
	}}
	for _, command := range p.setup {
		if err := p.prepare(ctx, reader, command); err != nil {
			return place{}, err
		}
	}
	return at, nil
}

// confine lets a shell start in a sandbox, in a copy of its folder.
func confine(o *shell.Options, on framework.Handle) (release func(), err error) {
	if within(o.Home, o.Dir) {
		return nil, fmt.Errorf("%q cannot be copied into a sandbox: name a smaller folder with --dir", o.Dir)
	}
	work := filepath.Join(o.Home, filepath.Base(o.Dir))
	if err := os.CopyFS(work, os.DirFS(o.Dir)); err != nil {
		return nil, fmt.Errorf("copying %q into a sandbox: %w", o.Dir, err)
	}
	room, kubeconfig, err := stage.Confine(stage.Confinement{Kubeconfig: on.Kubeconfig, Home: o.Home, Bin: on.Assets.Bin})
	if err != nil {
		return nil, err
	}
	o.Dir, o.Start, o.Env = work, room.Start, []string{"KUBECONFIG=" + kubeconfig}
	return room.Close, nil
}

// within tells whether a path is in a folder.
func within(path, folder string) bool {
	name, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(name)
}

func (p *playing) prepare(ctx context.Context, reader trial.Shell, command string) error {
	p.account.stream.Say("setup: " + command)
	result, err := reader.Run(ctx, command, p.said.Timeout)
	switch {
	case err != nil:
		return err
	case result.TimedOut:
		return fmt.Errorf("setup %q did not end within %s", command, p.said.Timeout)
	case result.Exit != 0:
		return fmt.Errorf("setup %q failed with exit code %d: %s", command, result.Exit, cmp.Or(strings.TrimSpace(result.Output), "it printed nothing"))
	}
	return nil
}
