package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework"
)

func sweepCommand() *cobra.Command {
	return removing("sweep", "Removes what killed runs have left on this machine: clusters, containers, networks, folders", framework.Sweep)
}

func cleanCommand() *cobra.Command {
	return removing("clean", "Removes all that was prepared: kept clusters, images in the engine's store, the cache folder", framework.Clean)
}

// removing is a command that removes things and names each, also when it then fails.
func removing(use, short string, remove func(context.Context, framework.Options) ([]string, error)) *cobra.Command {
	return &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := framework.FromEnvironment()
			if err != nil {
				return err
			}
			removed, err := remove(cmd.Context(), framework.Options{
				Settings: settings, Progress: func(line string) { fmt.Fprintln(cmd.ErrOrStderr(), line) },
			})
			for _, name := range removed {
				fmt.Fprintln(cmd.OutOrStdout(), "removed", name)
			}
			return err
		},
	}
}
