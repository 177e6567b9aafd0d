package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/runid"
	"seatrial/e2e/framework/shell"
	"seatrial/e2e/framework/trial"
	"seatrial/e2e/framework/workshop"
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
	dryRun   bool
	update   bool
	strict   bool

	out     io.Writer
	account *account
}

func workshopCommand() *cobra.Command {
	r := &rehearsal{account: newAccount(), said: choices.New()}
	r.said.Timeout = trial.DefaultTimeout
	cmd := &cobra.Command{
		Use:   "workshop FILE...|SCENARIO...",
		Short: "Runs workshop documents and compares what comes with what is shown",
		Long: `Runs workshop documents on a cluster, in order, in one shell, and compares what
comes with what they show: cell by cell, by type. The commands of a document
are run on this machine as they stand: name only documents that you would
follow yourself.

Instead of files, folders with a scenario.yaml can be named: it says what the
documents need.

Exit code 0: a reader sees what the documents show. 1: something could not be
run. 2: findings.`,
		Example: `  seatrial workshop docs/exercise-1.md docs/exercise-2.md
  seatrial workshop scenarios/guestbook --provider embedded
  seatrial workshop docs/exercise-3.md --setup 'helm install web ./chart'
  seatrial workshop docs/*.md --report html=page.html --report junit=junit.xml`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, files []string) error {
			r.out = cmd.OutOrStdout()
			if err := fill(cmd, r.said); err != nil {
				return err
			}
			return r.account.of(cmd, files, func() error { return r.run(cmd.Context(), files) })
		},
	}
	flags := cmd.Flags()
	r.account.flag(flags)
	r.said.Register(flags, choices.Where, choices.Life, choices.Timing, choices.Evidence, choices.Shown)
	flags.StringArrayVar(&r.setup, "setup", nil, "`command` to run before the first document, for one that assumes earlier ones; can be given more than once")
	flags.StringVar(&r.dir, "dir", ".", "`folder` in which the reader starts")
	flags.IntVar(&r.from, "from-step", 1, "`number` of the first step to run, of the first document")
	flags.DurationVar(&r.patience, "patience", trial.DefaultPatience, "how long a command that only looks is repeated until it shows what the document shows")
	flags.BoolVar(&r.dryRun, "dry-run", false, "list what would run, and what is not covered")
	flags.BoolVar(&r.update, "update", false, "rewrite output that is out of date, after showing the difference")
	flags.BoolVar(&r.strict, "strict", false, "let warnings fail, too")
	return cmd
}

func (r *rehearsal) run(ctx context.Context, files []string) error {
	if folder(files[0]) {
		return r.scenarios(ctx, files)
	}
	documents, err := load(files)
	if err != nil {
		return err
	}
	if r.dryRun {
		for _, doc := range documents {
			list(r.out, doc)
		}
		return nil
	}
	count := &tally{}
	err = r.onCluster(ctx, cluster.Features{}, func(ctx context.Context, on framework.Handle) error { return r.files(ctx, on, documents, count) })
	return r.conclude(count, err)
}

// conclude tells the verdict, unless something could not be run at all.
func (r *rehearsal) conclude(count *tally, err error) error {
	if err != nil {
		return err
	}
	count.verdict(r.out)
	if count.errors > 0 || r.strict && count.warnings > 0 {
		return errFindings
	}
	return nil
}

// load reads all documents before anything runs: a mistake in the last one is said at once.
func load(files []string) ([]*workshop.Document, error) {
	var documents []*workshop.Document
	var all error
	for _, file := range files {
		doc, err := workshop.Load(file)
		all = errors.Join(all, err)
		documents = append(documents, doc)
	}
	return documents, all
}

// onCluster brings up what the documents need, and takes it down again, also after Ctrl-C.
func (r *rehearsal) onCluster(ctx context.Context, wants cluster.Features, play func(context.Context, framework.Handle) error) (err error) {
	start := time.Now()
	ready := r.account.stream.Phase("bring up the cluster")
	environment, err := framework.Open(ctx, framework.Options{Settings: r.said.Settings(), Suite: "workshop-documents", Wants: wants, Progress: func(line string) {
		if !r.said.Quiet {
			fmt.Fprintf(r.out, "   %5.1fs  %s\n", time.Since(start).Seconds(), line)
		}
	}})
	ready()
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

// files plays documents that were named one by one, in a shell whose home is thrown away.
func (r *rehearsal) files(ctx context.Context, on framework.Handle, documents []*workshop.Document, count *tally) (err error) {
	home, err := runid.TempDir("home")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	dir, err := filepath.Abs(r.dir)
	if err != nil {
		return fmt.Errorf("finding the folder to start in: %w", err)
	}
	reader, err := shell.Start(shell.Options{
		Dir: dir, Home: home, Path: []string{on.Assets.Bin}, Env: []string{"KUBECONFIG=" + on.Kubeconfig},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	for _, command := range r.setup {
		if err := r.prepare(ctx, reader, command); err != nil {
			return err
		}
	}
	return r.playAll(ctx, reader, on, course{documents: documents}, count)
}

func (r *rehearsal) prepare(ctx context.Context, stage trial.Shell, command string) error {
	fmt.Fprintf(r.out, "   setup   %s\n", command)
	result, err := stage.Run(ctx, command, r.said.Timeout)
	switch {
	case err != nil:
		return err
	case result.TimedOut:
		return fmt.Errorf("setup %q did not end within %s", command, r.said.Timeout)
	case result.Exit != 0:
		return fmt.Errorf("setup %q failed with exit code %d: %s", command, result.Exit, strings.TrimSpace(result.Output))
	}
	return nil
}

func (r *rehearsal) playAll(ctx context.Context, reader trial.Shell, on framework.Handle, c course, count *tally) error {
	for i, doc := range c.documents {
		teller := &teller{out: r.out, quiet: r.said.Quiet, verbose: r.said.Verbose}
		teller.title(doc)
		told, err := r.account.document(doc, c.title())
		if err != nil {
			return err
		}
		player := &trial.Player{Shell: reader, Has: on.Features.Names(), Timeout: r.said.Timeout, Patience: r.patience, Told: func(play trial.Play) {
			teller.step(play)
			told.step(play)
		}}
		if i == 0 {
			player.From = r.from
		}
		performance, err := player.Play(ctx, doc)
		if err != nil {
			return err
		}
		found := count.add(performance)
		told.end(found)
		teller.findings(found)
		if r.update {
			if err := update(r.out, performance); err != nil {
				return err
			}
		}
	}
	return nil
}
