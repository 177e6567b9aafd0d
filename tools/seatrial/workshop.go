package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/trial"
	"seatrial/tools/seatrial/internal/choices"
)

// errFindings means that a reader of a document sees something else than it shows.
var errFindings = errors.New("the documents do not show what a reader sees")

// rehearsal is what the flags of "seatrial workshop" say.
type rehearsal struct {
	said     *choices.Choices
	setup    []string
	dir      string
	from     int
	patience time.Duration
	separate bool
	sandbox  bool
	watched  bool
	dryRun   bool
	update   bool
	strict   bool

	out     io.Writer
	account *account
}

const (
	workshopHelp = `Runs workshop documents on a cluster, in order, in one shell, and compares what
comes with what they show: cell by cell, by type. The commands of a document
are run on this machine as they stand: name only documents that you would
follow yourself, or use --sandbox.

Instead of files, folders with a scenario.yaml can be named: it says what the
documents need.

Documents that are named together share their shell and what they make in the
cluster, and so do those of one course of a scenario. Courses share nothing, nor
do documents with --separate: what one has made is gone when the next begins.
Only these can go side by side, with --parallel, each in a cluster of its own;
where clusters are not of provider embedded, they go one after the other.

With --watch, the cluster stays, and whatever is part of a saved file is played
again: documents, scenario.yaml, the folder that it starts in, and the scripts,
values and charts that commands name. What a course has made can be looked at
until the next one begins, which finds nothing of it. Ctrl-C ends the watch,
with the exit code of the last verdict.

With --sandbox, the commands reach no network but the cluster's API server and
what the scenario serves, see nothing of your files but a copy of the folder
they start in, and change nothing that is not thrown away. In the cluster they
can do everything. It needs Linux, and root or user namespaces.

Exit code 0: a reader sees what the documents show. 1: something could not be
run. 2: findings.`

	workshopExamples = `  seatrial workshop docs/exercise-1.md docs/exercise-2.md
  seatrial workshop scenarios/guestbook --provider embedded --parallel 2
  seatrial workshop docs/exercise-3.md --setup 'helm install web ./chart'
  seatrial workshop docs/*.md --report html=page.html --report junit=junit.xml
  seatrial workshop docs/exercise-3.md --provider embedded --watch`
)

func workshopCommand() *cobra.Command {
	said := choices.New()
	r := &rehearsal{account: newAccount(said), said: said}
	r.said.Timeout = trial.DefaultTimeout
	cmd := &cobra.Command{
		Use:               "workshop FILE...|SCENARIO...",
		Short:             "Runs workshop documents and compares what comes with what is shown",
		Long:              workshopHelp,
		Example:           workshopExamples,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, files []string) error {
			r.out = cmd.OutOrStdout()
			if err := fill(cmd, r.said); err != nil {
				return err
			}
			if r.watched {
				return r.watch(cmd, files)
			}
			return r.account.of(cmd, files, func() error { return r.run(cmd.Context(), files) })
		},
	}
	flags := cmd.Flags()
	r.account.flag(flags)
	r.said.Register(flags, choices.Where, choices.Life, choices.Timing, choices.Pace, choices.Evidence, choices.Shown)
	flags.StringArrayVar(&r.setup, "setup", nil, "`command` to run before the first document, for one that assumes earlier ones; can be given more than once")
	flags.StringVar(&r.dir, "dir", ".", "`folder` in which the reader starts")
	flags.IntVar(&r.from, "from-step", 1, "`number` of the first step to run, of the first document")
	flags.DurationVar(&r.patience, "patience", trial.DefaultPatience, "how long a command that only looks is repeated until it shows what the document shows")
	flags.BoolVar(&r.separate, "separate", false, "play each document as if it were the only one")
	flags.BoolVar(&r.sandbox, "sandbox", false, "run the commands where they reach nothing but the cluster, and see nothing of yours")
	flags.BoolVar(&r.watched, "watch", false, "play again whenever something is saved, until Ctrl-C")
	flags.BoolVar(&r.dryRun, "dry-run", false, "list what would run, and what is not covered")
	flags.BoolVar(&r.update, "update", false, "rewrite output that is out of date, after showing the difference")
	flags.BoolVar(&r.strict, "strict", false, "let warnings fail, too")
	return cmd
}

func (r *rehearsal) run(ctx context.Context, names []string) error {
	all, err := r.courses(names)
	if err != nil {
		return err
	}
	if r.dryRun {
		for _, one := range all {
			for _, doc := range one.documents {
				list(r.out, doc)
			}
		}
		return nil
	}
	if err := r.check(all); err != nil {
		return err
	}
	count := &tally{}
	return r.conclude(count, r.perform(ctx, all, count))
}

// conclude says whether anything was found, unless something could not be run at all.
func (r *rehearsal) conclude(count *tally, err error) error {
	if err != nil {
		return err
	}
	if count.errors > 0 || r.strict && count.warnings > 0 {
		return errFindings
	}
	return nil
}

// perform plays all courses: side by side if the user wants that and each can have a cluster of its own, and else one
// after the other, on one cluster as far as they want the same.
func (r *rehearsal) perform(ctx context.Context, all []course, count *tally) error {
	if r.said.Parallel > 1 && len(all) > 1 {
		own, err := r.ownClusters(ctx)
		if err != nil {
			return err
		}
		if own {
			return r.sideBySide(ctx, all, count)
		}
	}
	for _, some := range alike(all) {
		if err := r.together(ctx, some, count); err != nil {
			return err
		}
	}
	return nil
}

// together plays courses that want the same on one cluster.
func (r *rehearsal) together(ctx context.Context, some []course, count *tally) error {
	r.account.stream.Plan(documentsOf(some))
	on := ground{settings: r.said.Settings(), wants: some[0].wants}
	return r.onCluster(ctx, on, func(ctx context.Context, handle framework.Handle) error {
		for _, one := range some {
			p := &playing{rehearsal: r, course: one, out: r.out, count: count}
			if err := p.perform(ctx, handle); err != nil {
				return err
			}
		}
		return nil
	})
}

// documentsOf counts those of several courses.
func documentsOf(all []course) int {
	n := 0
	for _, one := range all {
		n += len(one.documents)
	}
	return n
}

// ground says which cluster to bring up.
type ground struct {
	settings framework.Settings
	wants    cluster.Features
}

func (r *rehearsal) options(on ground) framework.Options {
	return framework.Options{Settings: on.settings, Suite: "workshop-documents", Wants: on.wants}
}

// onCluster brings up what the documents need, and takes it down again, also after Ctrl-C.
func (r *rehearsal) onCluster(ctx context.Context, on ground, play func(context.Context, framework.Handle) error) (err error) {
	environment, err := r.account.bringUp(ctx, r.options(on))
	if err != nil {
		return err
	}
	r.account.where(environment.Handle())
	defer func() {
		defer r.account.stream.Phase("take down the cluster")()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), framework.CloseTimeout)
		defer cancel()
		err = errors.Join(err, environment.Close(ctx))
	}()
	return play(ctx, environment.Handle())
}
