package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework"
	"seatrial/e2e/workshop/story"
	"seatrial/tools/seatrial/internal/choices"
)

func demoCommand() *cobra.Command {
	c, told := choices.New(), newAccount()
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
			n := &narrator{account: told, said: c, out: cmd.OutOrStdout(), start: time.Now()}
			return told.of(cmd, nil, func() error { return demo(cmd.Context(), c.Settings(), n) })
		},
	}
	told.flag(cmd.Flags())
	c.Register(cmd.Flags(), choices.Where, choices.Life, choices.Timing, choices.FailFast, choices.Evidence, choices.Brief)
	return cmd
}

func demo(ctx context.Context, settings framework.Settings, n *narrator) (err error) {
	n.heading("A cluster")
	ready := n.account.stream.Phase("bring up the cluster")
	environment, err := framework.Open(ctx, framework.Options{Settings: settings, Suite: "demo", Progress: n.step})
	ready()
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
	handle := environment.Handle()
	n.provider = handle.Provider
	n.step(fmt.Sprintf("cluster %s, Kubernetes %s", handle.Cluster, handle.Kubernetes))
	telling := story.Tellings()[0]
	world, err := story.Open(ctx, handle, telling)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Leave()) }()
	for _, chapter := range story.Chapters() {
		if err := n.tell(ctx, world, chapter); err != nil {
			return err
		}
		if n.said.FailFast && n.broken > 0 {
			break
		}
	}
	return n.verdict()
}

// narrator tells the story on a terminal.
type narrator struct {
	account      *account
	said         *choices.Choices
	out          io.Writer
	start        time.Time
	provider     string // where the story is told
	kept, broken int
	skipped      int      // promises that nobody can look at here
	missing      []string // the features that it would take
}

func (n *narrator) heading(text string) { fmt.Fprintf(n.out, "\n== %s\n", text) }

func (n *narrator) step(text string) {
	if n.said.Quiet {
		return
	}
	fmt.Fprintf(n.out, "   %5.1fs  %s\n", time.Since(n.start).Seconds(), text)
}

func (n *narrator) tell(ctx context.Context, w *story.World, chapter story.Chapter) error {
	n.heading(chapter.Title)
	fmt.Fprintf(n.out, "$ %s\n", chapter.Command)
	told := n.account.chapter(chapter)
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
	group.Wait()
	if !n.said.Quiet {
		fmt.Fprintf(n.out, "\n$ helm history %s -n %s\n%s\n", story.Release, w.Namespace, history)
		fmt.Fprintf(n.out, "\n$ kubectl get all -n %s\n%s\n", w.Namespace, objects)
	}
	for i, promise := range chapter.Promises {
		err := seen[i]
		if err != nil && ctx.Err() != nil {
			return err
		}
		n.judge(promise.Text, w.Missing(promise), err)
		told.promise(promise.Text, w.Missing(promise), err)
	}
	told.end(history, objects)
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

// judge tells and counts what became of one promise.
func (n *narrator) judge(promise string, missing []string, err error) {
	switch {
	case len(missing) > 0:
		n.skipped++
		n.missing = slices.Compact(slices.Sorted(slices.Values(append(n.missing, missing...))))
		n.promise("skipped %s (needs %s)", promise, strings.Join(missing, ", "))
	case err != nil:
		n.broken++
		fmt.Fprintf(n.out, "  BROKEN  %s\n%s\n", promise, indent(err.Error()))
	default:
		n.kept++
		n.promise("kept    %s", promise)
	}
}

// promise tells of one that is not broken.
func (n *narrator) promise(format string, args ...any) {
	if !n.said.Quiet {
		fmt.Fprintf(n.out, "  "+format+"\n", args...)
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

func (n *narrator) verdict() error {
	n.heading("Verdict")
	skipped := ""
	if n.skipped > 0 {
		skipped = fmt.Sprintf(", %d more need %s and were skipped", n.skipped, strings.Join(n.missing, ", "))
	}
	where := fmt.Sprintf("on provider %s%s (%.0f s)", n.provider, skipped, time.Since(n.start).Seconds())
	if n.broken > 0 {
		fmt.Fprintf(n.out, "BROKEN: %d of %d promises of the workshop do not hold %s\n", n.broken, n.kept+n.broken, where)
		return errBroken
	}
	fmt.Fprintf(n.out, "KEPT: all %d promises of the workshop hold %s\n", n.kept, where)
	return nil
}

func indent(text string) string {
	const margin = "          "
	return margin + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+margin)
}
