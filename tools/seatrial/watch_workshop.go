package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/baseline"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/scenario"
	"seatrial/e2e/framework/workshop"
	"seatrial/tools/seatrial/internal/watch"
)

// watchPatience is how long a look is repeated on simulated nodes while somebody waits: what they do is done sooner, and
// a cell that is wrong would else be told a minute later.
const watchPatience = 2 * time.Second

// watch plays the courses again whenever something is saved that they are made of.
func (r *rehearsal) watch(cmd *cobra.Command, names []string) (err error) {
	if r.update || r.dryRun {
		return errors.New("--watch plays documents again and again: leave out --update and --dry-run")
	}
	if _, err := r.courses(names); err != nil && !mendable(err) {
		return err
	}
	files, err := watch.New()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	sites := &sites{rehearsal: r, open: map[cluster.Features]*site{}, patient: cmd.Flags().Changed("patience")}
	w := &watching{out: r.out, files: files, sources: absolute(names), rest: sites.rest}
	w.subjects = func() ([]subject, error) { return sites.subjects(cmd, names) }
	return w.untilInterrupted(cmd.Context(), sites.close)
}

// mendable tells whether an error is one that its author mends by saving a file.
func mendable(err error) bool {
	_, ofDocument := errors.AsType[*workshop.Error](err)
	_, ofScenario := errors.AsType[*scenario.Error](err)
	return ofDocument || ofScenario
}

// sites are the clusters of a watch. They stay until its end, and courses that want the same take turns on one.
type sites struct {
	*rehearsal

	open    map[cluster.Features]*site
	last    *site
	patient bool // as the user says, and not as one who waits for a verdict
}

// site is a cluster, and what the course before has left in it.
type site struct {
	environment *framework.Environment
	before      *baseline.Baseline // none for a cluster of the user's, where others may work, too
	taken       *place
}

// subjects are the courses as they are now.
func (s *sites) subjects(cmd *cobra.Command, names []string) ([]subject, error) {
	all, err := s.courses(names)
	if err != nil {
		return nil, err
	}
	var subjects []subject
	for _, one := range all {
		files, own, err := s.filesOf(one)
		if err != nil {
			return nil, err
		}
		subjects = append(subjects, subject{
			name: one.name + "\n" + own[0], files: append(files, own...),
			// A scenario is played in a copy of its folder; documents that are named are played where they are.
			written: func(path string) bool { return one.of != nil || watch.Within(path, own) },
			run: func(ctx context.Context) error {
				s.account = s.account.again()
				return s.account.of(cmd, names, func() error { return s.play(ctx, one) })
			},
		})
	}
	return subjects, nil
}

// filesOf are the files that a course uses, and those that it is.
func (r *rehearsal) filesOf(c course) (used, own []string, err error) {
	commands := slices.Clone(r.setup)
	for _, doc := range c.documents {
		own = append(own, doc.Path)
		for i := range doc.Steps {
			commands = append(commands, doc.Steps[i].Command)
		}
	}
	if c.of != nil {
		own = append(own, filepath.Join(c.of.Path, scenario.File))
		if from := c.of.StartDir(); from != "" {
			used = append(used, from)
		}
		return absolute(used), absolute(own), nil
	}
	dir, err := filepath.Abs(r.dir)
	return watch.Named(dir, commands), absolute(own), err
}

// absolute are paths that stay the same wherever one is.
func absolute(paths []string) []string {
	all := slices.Clone(paths)
	for i, path := range all {
		if whole, err := filepath.Abs(path); err == nil {
			all[i] = whole
		}
	}
	return all
}

// play plays a course in a cluster that has nothing of the course before.
func (s *sites) play(ctx context.Context, c course) error {
	at, err := s.enter(ctx, c)
	if err != nil {
		return err
	}
	on := at.environment.Handle()
	s.account.where(on)
	count, mine := &tally{}, *s.rehearsal
	if on.Provider == assets.Embedded && !s.patient {
		mine.patience = watchPatience
	}
	p := &playing{rehearsal: &mine, course: c, out: s.out, count: count}
	if p.skipped(on) != "" {
		return s.conclude(count, nil)
	}
	place, err := p.enter(ctx, on)
	if err != nil {
		return err
	}
	at.taken = &place
	return s.conclude(count, p.play(ctx, place, on))
}

// enter gives the cluster for a course, without what the last one has left there.
func (s *sites) enter(ctx context.Context, c course) (*site, error) {
	at := s.open[c.wants]
	if at == nil {
		opened, err := s.bringUp(ctx, c.wants)
		if err != nil {
			return nil, err
		}
		s.open[c.wants], at = opened, opened
	}
	s.last = at
	if at.before == nil && c.of == nil {
		return nil, fmt.Errorf("%w: what documents have made has to be taken away again, and in a cluster of yours nothing says what that is: "+
			"write a %s that names their namespaces, or choose another --provider", errNoCluster, scenario.File)
	}
	err := at.clear(ctx)
	return at, err
}

// bringUp makes a cluster that stays until the end of the watch.
func (s *sites) bringUp(ctx context.Context, wants cluster.Features) (*site, error) {
	environment, err := s.account.bringUp(ctx, s.options(ground{settings: s.said.Settings(), wants: wants}))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoCluster, err)
	}
	at := &site{environment: environment}
	if on := environment.Handle(); on.Provider != assets.Existing {
		if at.before, err = baseline.Take(ctx, on.Kubeconfig); err != nil {
			return nil, errors.Join(err, at.leave(ctx))
		}
	}
	return at, nil
}

// clear takes away what the last course has made.
func (at *site) clear(ctx context.Context) error {
	if at.taken == nil {
		return nil
	}
	err := at.taken.leave(ctx)
	at.taken = nil
	if at.before != nil {
		_, clearErr := at.before.Clear(ctx)
		err = errors.Join(err, clearErr)
	}
	return err
}

// leave takes the cluster down. One that is kept is left as it was found.
func (at *site) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), framework.CloseTimeout)
	defer cancel()
	err := at.clear(ctx)
	if at.before != nil {
		at.before.Close()
	}
	return errors.Join(err, at.environment.Close(ctx))
}

func (s *sites) close(ctx context.Context) error {
	var err error
	for _, at := range s.open {
		err = errors.Join(err, at.leave(ctx))
	}
	return err
}

// rest tells where the last course can be looked at.
func (s *sites) rest() {
	if s.last != nil && s.last.taken != nil {
		fmt.Fprintf(s.out, "   what it has made is there until then: KUBECONFIG=%s\n", s.last.environment.Handle().Kubeconfig)
	}
}
