package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework"
	"seatrial/e2e/workshop/story"
)

func demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Plays the workshop on a cluster of its own and tells which promises were kept",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo(cmd.Context(), &narrator{out: cmd.OutOrStdout(), start: time.Now()})
		},
	}
}

func demo(ctx context.Context, n *narrator) (err error) {
	settings, err := framework.FromEnvironment()
	if err != nil {
		return err
	}
	n.heading("A cluster")
	environment, err := framework.Open(ctx, framework.Options{Settings: settings, Suite: "demo", Progress: n.step})
	if err != nil {
		return err
	}
	defer func() {
		// Also after Ctrl-C: what was brought up is taken down.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), framework.CloseTimeout)
		defer cancel()
		err = errors.Join(err, environment.Close(ctx))
	}()
	handle := environment.Handle()
	n.step(fmt.Sprintf("provider %s, cluster %s, Kubernetes %s", handle.Provider, handle.Cluster, handle.Assets.Kubernetes))
	telling := story.Tellings()[0]
	world, err := story.Open(ctx, handle, telling)
	if err != nil {
		return err
	}
	for _, chapter := range story.Chapters() {
		if err := n.tell(ctx, world, chapter); err != nil {
			return err
		}
	}
	return n.verdict()
}

// narrator tells the story on a terminal.
type narrator struct {
	out          io.Writer
	start        time.Time
	kept, broken int
}

func (n *narrator) heading(text string) { fmt.Fprintf(n.out, "\n== %s\n", text) }

func (n *narrator) step(text string) {
	fmt.Fprintf(n.out, "   %5.1fs  %s\n", time.Since(n.start).Seconds(), text)
}

func (n *narrator) tell(ctx context.Context, w *story.World, chapter story.Chapter) error {
	n.heading(chapter.Title)
	fmt.Fprintf(n.out, "$ %s\n", chapter.Command)
	if err := chapter.Tell(ctx, w); err != nil {
		return fmt.Errorf("%s: %w", chapter.Title, err)
	}
	n.show(ctx, w.Helm, "helm", "history", story.Release, "-n", w.Namespace)
	n.show(ctx, w.Kubectl, "kubectl", "get", "all", "-n", w.Namespace)
	seen := chapter.Check(ctx, w)
	for i, promise := range chapter.Promises {
		if err := seen[i]; err != nil {
			if ctx.Err() != nil {
				return err
			}
			n.broken++
			fmt.Fprintf(n.out, "  BROKEN  %s\n%s\n", promise.Text, indent(err.Error()))
			continue
		}
		n.kept++
		fmt.Fprintf(n.out, "  kept    %s\n", promise.Text)
	}
	return nil
}

type runner func(ctx context.Context, args ...string) (string, error)

// show prints what the reader of the workshop would see. After the clean-up there is no
// history any more, and helm says so as an error.
func (n *narrator) show(ctx context.Context, run runner, name string, args ...string) {
	fmt.Fprintf(n.out, "\n$ %s", name)
	for _, arg := range args {
		fmt.Fprintf(n.out, " %s", arg)
	}
	printed, err := run(ctx, args...)
	switch {
	case err != nil:
		printed = err.Error() + "\n"
	case printed == "":
		printed = "(nothing)\n"
	}
	fmt.Fprintf(n.out, "\n%s\n", printed)
}

func (n *narrator) verdict() error {
	n.heading("Verdict")
	if n.broken > 0 {
		fmt.Fprintf(n.out, "BROKEN: %d of %d promises of the workshop do not hold on this cluster (%.0f s)\n", n.broken, n.kept+n.broken, time.Since(n.start).Seconds())
		return errBroken
	}
	fmt.Fprintf(n.out, "KEPT: all %d promises of the workshop hold on this cluster (%.0f s)\n", n.kept, time.Since(n.start).Seconds())
	return nil
}

func indent(text string) string {
	const margin = "          "
	return margin + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+margin)
}
