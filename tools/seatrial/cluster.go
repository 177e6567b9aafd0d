package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/duration"

	"seatrial/e2e/framework"
	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
	"seatrial/tools/seatrial/internal/choices"
)

func clusterCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cluster",
		Short: "Makes, lists and removes clusters that outlive a run",
		Long: `Makes, lists and removes clusters that outlive a run. A later run with --keep
that wants the same takes such a cluster over, ready in under a second.

Of a name, what all begin with may be left out: "mine" is
"seatrial-keep-embedded-mine". It may be left out altogether if there is only
one.`,
		Example: `  seatrial cluster create mine --provider embedded
  export KUBECONFIG=$(seatrial cluster kubeconfig mine --path)
  seatrial cluster delete mine`,
	}
	cmd.AddCommand(createCommand(), listCommand(), deleteCommand(), logsCommand(), kubeconfigCommand())
	return cmd
}

// keptOptions are what a user says about clusters that are there.
func keptOptions(cmd *cobra.Command, c *choices.Choices) (framework.Options, error) {
	if c.Provider == assets.Existing {
		return framework.Options{}, errors.New("a cluster of provider existing is yours: it is neither made nor kept here")
	}
	return framework.Options{Settings: c.Settings(), Suite: "cluster", Progress: c.Teller(cmd.ErrOrStderr())}, nil
}

func createCommand() *cobra.Command {
	c := choices.New()
	var workers int
	cmd := &cobra.Command{
		Use:   "create [NAME]",
		Short: "Makes a cluster that stays, or finds the one that is there",
		Long: `Makes a cluster that stays, or finds the one that is there. Without a name it
is the one that runs with --keep take over.`,
		Example: `  seatrial cluster create
  seatrial cluster create mine --provider embedded --workers 2`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: filled(c, func(cmd *cobra.Command, args []string) error {
			o, err := keptOptions(cmd, c)
			if err != nil {
				return err
			}
			o.Settings.Keep, o.Workers, o.Name = true, workers, first(args)
			up, err := framework.Open(cmd.Context(), o)
			if err != nil {
				return err
			}
			on := up.Handle()
			fmt.Fprintf(cmd.OutOrStdout(), "cluster %s, Kubernetes %s\nexport KUBECONFIG=%s\n", on.Cluster, on.Kubernetes, on.Kubeconfig)
			return nil
		}),
	}
	c.Register(cmd.Flags(), choices.Where, choices.Evidence, choices.Timing, choices.Brief)
	cmd.Flags().IntVar(&workers, "workers", 0, "`number` of nodes besides the control plane")
	return cmd
}

func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

func listCommand() *cobra.Command {
	c := choices.New()
	var output format
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Lists the clusters that outlive runs",
		Example: "  seatrial cluster list --output json",
		Args:    cobra.NoArgs,
		RunE: filled(c, func(cmd *cobra.Command, _ []string) error {
			o, err := keptOptions(cmd, c)
			if err != nil {
				return err
			}
			all, err := framework.Kept(cmd.Context(), o)
			if err != nil {
				return err
			}
			if all == nil {
				all = []cluster.Kept{} // In JSON, none is a list too.
			}
			return output.write(cmd, all, func(out io.Writer) {
				if len(all) == 0 {
					fmt.Fprintln(out, noneKept(o.Settings.Provider))
					return
				}
				listKept(out, all, time.Now())
			})
		}),
	}
	c.Register(cmd.Flags(), choices.Which, choices.Timing, choices.Brief)
	output.register(cmd)
	return cmd
}

// noneKept says that there is nothing to list, and where else there may be.
func noneKept(provider string) string {
	if provider == "" || provider == assets.Auto {
		return "There is no kept cluster: `seatrial cluster create` makes one."
	}
	return fmt.Sprintf("There is no kept cluster of provider %s; without --provider those of all are listed.", provider)
}

func listKept(out io.Writer, all []cluster.Kept, now time.Time) {
	const gap = 3
	table := tabwriter.NewWriter(out, 0, 0, gap, ' ', 0)
	fmt.Fprintln(table, "NAME\tPROVIDER\tSTATE\tNODES\tAGE\tKUBERNETES")
	for _, one := range all {
		age := "?"
		if !one.Made.IsZero() {
			age = duration.HumanDuration(now.Sub(one.Made))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\n", one.Name, one.Provider, one.State, one.Nodes, age, one.Kubernetes)
	}
	_ = table.Flush() // To a terminal or a buffer, as everything here.
}

func deleteCommand() *cobra.Command {
	c := choices.New()
	var all bool
	cmd := &cobra.Command{
		Use:   "delete [NAME...]",
		Short: "Removes clusters that were kept",
		Example: `  seatrial cluster delete mine
  seatrial cluster delete --all`,
		ValidArgsFunction: completeKept,
		RunE: filled(c, func(cmd *cobra.Command, names []string) error {
			o, err := keptOptions(cmd, c)
			if err != nil {
				return err
			}
			if all {
				if names, err = everyName(cmd.Context(), o, names); err != nil {
					return err
				}
			} else if len(names) == 0 {
				names = []string{""}
			}
			for _, name := range names {
				err = errors.Join(err, deleteKept(cmd, o, name))
			}
			return err
		}),
	}
	c.Register(cmd.Flags(), choices.Which, choices.Timing, choices.Brief)
	cmd.Flags().BoolVar(&all, "all", false, "remove all that were kept")
	return cmd
}

func everyName(ctx context.Context, o framework.Options, named []string) ([]string, error) {
	if len(named) > 0 {
		return nil, fmt.Errorf("--all and %q contradict each other: leave one out", named[0])
	}
	kept, err := framework.Kept(ctx, o)
	names := make([]string, len(kept))
	for i, one := range kept {
		names[i] = one.Name
	}
	return names, err
}

func deleteKept(cmd *cobra.Command, o framework.Options, name string) error {
	up, about, err := framework.OpenKept(cmd.Context(), o, name)
	if err != nil {
		return err
	}
	if err := up.Delete(cmd.Context()); err != nil {
		return err
	}
	fmt.Fprintln(cmd.OutOrStdout(), "removed", about.Name)
	return nil
}

func logsCommand() *cobra.Command {
	c := choices.New()
	cmd := &cobra.Command{
		Use:     "logs [NAME]",
		Short:   "Writes the logs of a kept cluster itself into a folder",
		Long:    "Writes the logs of a kept cluster itself, and what else explains what it does,\ninto a folder below that of the artifacts.",
		Example: "  seatrial cluster logs mine --artifacts out",
		Args:    cobra.MaximumNArgs(1), ValidArgsFunction: completeKept,
		RunE: filled(c, func(cmd *cobra.Command, args []string) error {
			o, err := keptOptions(cmd, c)
			if err != nil {
				return err
			}
			up, about, err := framework.OpenKept(cmd.Context(), o, first(args))
			if err != nil {
				return err
			}
			dir, err := o.Settings.ArtifactsOf(o.Suite)
			if err != nil {
				return err
			}
			dir = filepath.Join(dir, about.Name)
			// Of a cluster that has ended there are logs too: where they are is said in any case.
			err = up.CollectLogs(cmd.Context(), dir)
			if _, statErr := os.Stat(dir); statErr == nil {
				fmt.Fprintln(cmd.OutOrStdout(), dir)
			}
			return err
		}),
	}
	c.Register(cmd.Flags(), choices.Which, choices.Evidence, choices.Timing, choices.Brief)
	return cmd
}

func kubeconfigCommand() *cobra.Command {
	c := choices.New()
	var path bool
	cmd := &cobra.Command{
		Use:   "kubeconfig [NAME]",
		Short: "Writes the kubeconfig of a kept cluster to the standard output",
		Example: `  seatrial cluster kubeconfig mine > mine.kubeconfig
  kubectl --kubeconfig "$(seatrial cluster kubeconfig mine --path)" get nodes`,
		Args: cobra.MaximumNArgs(1), ValidArgsFunction: completeKept,
		RunE: filled(c, func(cmd *cobra.Command, args []string) error {
			o, err := keptOptions(cmd, c)
			if err != nil {
				return err
			}
			_, about, err := framework.OpenKept(cmd.Context(), o, first(args))
			if err != nil {
				return err
			}
			content, err := os.ReadFile(about.Kubeconfig)
			if err != nil {
				return fmt.Errorf("reading the kubeconfig of %q, which is %s: %w: `seatrial cluster create` makes it anew", about.Name, about.State, err)
			}
			if path {
				content = []byte(about.Kubeconfig + "\n")
			}
			_, err = cmd.OutOrStdout().Write(content)
			return err
		}),
	}
	c.Register(cmd.Flags(), choices.Which, choices.Timing, choices.Brief)
	cmd.Flags().BoolVar(&path, "path", false, "write the path of the file instead of what is in it")
	return cmd
}

// completeKept offers the names of kept clusters to a shell.
func completeKept(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return framework.KeptNames(), cobra.ShellCompDirectiveNoFileComp
}
