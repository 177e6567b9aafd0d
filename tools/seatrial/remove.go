package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework"
	"seatrial/tools/seatrial/internal/choices"
)

func sweepCommand() *cobra.Command {
	return removing("sweep", "Removes what killed runs have left on this machine", framework.Sweep)
}

func cleanCommand() *cobra.Command {
	return removing("clean", "Removes all that was prepared, and kept clusters", framework.Clean)
}

// removing is a command that removes things and names each, also when it then fails.
func removing(use, short string, remove func(context.Context, framework.Options) ([]string, error)) *cobra.Command {
	c := choices.New()
	cmd := &cobra.Command{
		Use:     use,
		Short:   short,
		Example: "  seatrial " + use,
		Args:    cobra.NoArgs,
		RunE: filled(c, func(cmd *cobra.Command, _ []string) error {
			removed, err := remove(cmd.Context(), framework.Options{Settings: c.Settings(), Progress: c.Teller(cmd.ErrOrStderr())})
			for _, name := range removed {
				fmt.Fprintln(cmd.OutOrStdout(), "removed", name)
			}
			return err
		}),
	}
	c.Register(cmd.Flags(), choices.Where, choices.Timing, choices.Brief)
	return cmd
}
