// Package stage makes the place where a course of a scenario is played: a copy of the folder its reader starts in, a
// shell of its own, what has to be served and to be there; and clears it away again.
package stage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"seatrial/e2e/framework/runid"
	"seatrial/e2e/framework/sandbox"
	"seatrial/e2e/framework/scenario"
	"seatrial/e2e/framework/shell"
)

// Timeouts of what happens around the documents.
const (
	// SetupTimeout is for one command before the documents, TeardownTimeout for one after them.
	SetupTimeout    = 5 * time.Minute
	TeardownTimeout = 2 * time.Minute
	// CloseTimeout is enough for all that Close does.
	CloseTimeout = 5 * time.Minute
	// namespaceTimeout is how long the namespaces of somebody before us may take to go.
	namespaceTimeout = 2 * time.Minute
)

// Options say what the stage is for.
type Options struct {
	Scenario *scenario.Scenario
	// Kubeconfig is the cluster's.
	Kubeconfig string
	// Bin is the folder with the helm and kubectl that are meant.
	Bin string
	// Sandbox plays the documents where they reach nothing but the API server and what the scenario serves, and see
	// nothing of the user's: see package sandbox.
	Sandbox bool
}

// Stage is ready for the first document.
type Stage struct {
	// Shell is the reader's.
	Shell *shell.Shell

	scenario *scenario.Scenario
	home     string
	server   *server
	sandbox  *sandbox.Sandbox
	clear    bool // the namespaces are ours to remove
}

// Open makes the stage. On an error nothing of it is left.
func Open(ctx context.Context, o Options) (_ *Stage, err error) {
	s := &Stage{scenario: o.Scenario}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("setting up scenario %q: %w", o.Scenario.Name(), err), s.Close(context.WithoutCancel(ctx)))
		}
	}()
	if s.home, err = runid.TempDir("home"); err != nil {
		return nil, err
	}
	dir, err := s.folder()
	if err != nil {
		return nil, err
	}
	options := shell.Options{Dir: dir, Home: s.home, Path: []string{o.Bin}}
	if serve := o.Scenario.Serve; serve != nil {
		if s.server, err = listen(ctx, dir, serve.Folder); err != nil {
			return nil, err
		}
		options.Env = append(options.Env, serve.Variable+"="+s.server.address)
	}
	if err := s.confine(&o, &options); err != nil {
		return nil, err
	}
	options.Env = append(options.Env, "KUBECONFIG="+o.Kubeconfig)
	if s.Shell, err = shell.Start(options); err != nil {
		return nil, err
	}
	if err := s.setUp(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// confine lets the shell start in a sandbox, if that is wanted.
func (s *Stage) confine(o *Options, options *shell.Options) (err error) {
	if !o.Sandbox {
		return nil
	}
	c := Confinement{Kubeconfig: o.Kubeconfig, Home: s.home, Bin: o.Bin}
	if s.server != nil {
		c.Reach = []string{strings.TrimPrefix(s.server.address, "http://")}
	}
	if s.sandbox, o.Kubeconfig, err = Confine(c); err != nil {
		return err
	}
	options.Start = s.sandbox.Start
	return nil
}

// folder is a copy of the one that the reader starts in: documents may change it, and it is another one for each course.
func (s *Stage) folder() (string, error) {
	from := s.scenario.StartDir()
	name := "work"
	if from != "" {
		name = filepath.Base(filepath.Clean(from))
	}
	dir := filepath.Join(s.home, name)
	if from == "" {
		return dir, os.Mkdir(dir, 0o750)
	}
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		return "", fmt.Errorf("copying %q: %w", from, err)
	}
	return dir, nil
}

func (s *Stage) setUp(ctx context.Context) error {
	if err := s.run(ctx, namespaceTimeout+time.Minute, s.absent()); err != nil {
		return fmt.Errorf("%w: remove what is in the way, or use another cluster", err)
	}
	s.clear = true
	for _, command := range s.scenario.Setup {
		if err := s.run(ctx, SetupTimeout, command); err != nil {
			return err
		}
	}
	return nil
}

// absent waits for namespaces that are just going, and fails if one stays.
func (s *Stage) absent() string {
	if len(s.scenario.Namespaces) == 0 {
		return ""
	}
	return fmt.Sprintf("kubectl wait --for=delete --timeout=%s namespace/%s", namespaceTimeout, strings.Join(s.scenario.Namespaces, " namespace/"))
}

func (s *Stage) gone() string {
	if len(s.scenario.Namespaces) == 0 {
		return ""
	}
	return "kubectl delete namespace --ignore-not-found " + strings.Join(s.scenario.Namespaces, " ")
}

// run runs a command that has to succeed.
func (s *Stage) run(ctx context.Context, limit time.Duration, command string) error {
	if command == "" {
		return nil
	}
	result, err := s.Shell.Run(ctx, command, limit)
	switch {
	case err != nil:
		return err
	case result.TimedOut:
		return fmt.Errorf("running %q: it did not end within %s", command, limit)
	case result.Exit != 0:
		return fmt.Errorf("running %q: exit code %d: %s", command, result.Exit, strings.TrimSpace(result.Output))
	}
	return nil
}

// Close tears down: the scenario's commands, its namespaces, then the shell with all that runs in it, and the folders.
// It goes on past errors.
func (s *Stage) Close(ctx context.Context) error {
	var errs []error
	if s.Shell != nil {
		if s.clear {
			for _, command := range slices.Concat(s.scenario.Teardown, []string{s.gone()}) {
				errs = append(errs, s.run(ctx, TeardownTimeout, command))
			}
		}
		errs = append(errs, s.Shell.Close())
	}
	if s.sandbox != nil {
		s.sandbox.Close()
	}
	if s.server != nil {
		errs = append(errs, s.server.close())
	}
	if s.home != "" {
		errs = append(errs, os.RemoveAll(s.home))
	}
	*s = Stage{scenario: s.scenario}
	return errors.Join(errs...)
}
