package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/report"
	"seatrial/e2e/workshop/story"
	"seatrial/tools/seatrial/internal/choices"
)

func demoCommand() *cobra.Command {
	c := choices.New()
	told := newAccount(c)
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Plays the workshop and tells which promises were kept",
		Long: `Plays the workshop on a cluster of its own, shows what its reader would see
after each step, and tells which promises were kept.

Exit code 0: all were kept. 1: it could not be found out. 2: one was broken.`,
		Example: "  seatrial demo --provider embedded",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := fill(cmd, c); err != nil {
				return err
			}
			n := &narrator{account: told, said: c, out: cmd.OutOrStdout()}
			return told.of(cmd, nil, func() error { return demo(cmd.Context(), c.Settings(), n) })
		},
	}
	told.flag(cmd.Flags())
	c.Register(cmd.Flags(), choices.Where, choices.Life, choices.Timing, choices.FailFast, choices.Evidence, choices.Shown)
	return cmd
}

func demo(ctx context.Context, settings framework.Settings, n *narrator) (err error) {
	environment, err := n.account.bringUp(ctx, framework.Options{Settings: settings, Suite: "demo"})
	if err != nil {
		return err
	}
	n.account.where(environment.Handle())
	defer func() {
		defer n.account.stream.Phase("take down the cluster")()
		// Also after Ctrl-C: what was brought up is taken down.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), framework.CloseTimeout)
		defer cancel()
		err = errors.Join(err, environment.Close(ctx))
	}()
	world, err := story.Open(ctx, environment.Handle(), story.Tellings()[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Leave()) }()
	n.witness = newWitness(ctx, environment.Handle().Kubeconfig)
	defer n.witness.close()
	n.account.stream.Plan(len(story.Chapters()))
	for _, chapter := range story.Chapters() {
		if err := n.tell(ctx, world, chapter); err != nil {
			return err
		}
		if n.said.FailFast && n.broken > 0 {
			break
		}
	}
	if n.broken > 0 {
		return errBroken
	}
	return nil
}

// narrator shows what the reader of the workshop types and sees; what became of the promises is in the account.
type narrator struct {
	account *account
	said    *choices.Choices
	out     io.Writer
	witness *witness
	broken  int // promises
}

func (n *narrator) tell(ctx context.Context, w *story.World, chapter story.Chapter) error {
	told := n.account.chapter(chapter)
	n.show(chapter.Command, "")
	if err := n.do(ctx, w, chapter); err != nil {
		return err
	}
	// Nobody changes anything now, so all can look at once.
	var history, objects string
	var seen []error
	var group sync.WaitGroup
	group.Go(func() { history = look(ctx, w.Helm, "history", story.Release, "-n", w.Namespace) })
	group.Go(func() { objects = look(ctx, w.Kubectl, "get", "all", "-n", w.Namespace) })
	group.Go(func() { seen = chapter.Check(ctx, w) })
	group.Go(func() { n.witness.look(ctx) })
	group.Wait()
	n.show(fmt.Sprintf("helm history %s -n %s", story.Release, w.Namespace), history)
	n.show("kubectl get all -n "+w.Namespace, objects)
	for i, promise := range chapter.Promises {
		err := seen[i]
		if err != nil && ctx.Err() != nil {
			return err
		}
		if told.promise(promise.Text, w.Missing(promise), err) == report.Failed {
			n.broken++
		}
	}
	told.end(history, objects, n.witness)
	return nil
}

// do does what the chapter is about.
func (n *narrator) do(ctx context.Context, w *story.World, chapter story.Chapter) error {
	if limit := n.said.Timeout; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, overtime(limit))
		defer cancel()
	}
	if err := chapter.Tell(ctx, w); err != nil {
		return fmt.Errorf("%s: %w", chapter.Title, err)
	}
	return nil
}

// show shows a command, and what it printed.
func (n *narrator) show(command, printed string) {
	if !n.said.Quiet {
		fmt.Fprintf(n.out, "$ %s\n%s\n", command, printed)
	}
}

type runner func(ctx context.Context, args ...string) (string, error)

// look is what the reader of the workshop would see. After the clean-up there is no
// history any more, and helm says so as an error.
func look(ctx context.Context, run runner, args ...string) string {
	printed, err := run(ctx, args...)
	switch {
	case err != nil:
		return err.Error() + "\n"
	case printed == "":
		return "(nothing)\n"
	default:
		return printed
	}
}
