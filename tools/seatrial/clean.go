package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework"
)

func cleanCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "clean",
		Short: "Removes all that was prepared: kept clusters, images in the engine's store, the cache folder",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := framework.FromEnvironment()
			if err != nil {
				return err
			}
			removed, err := framework.Clean(cmd.Context(), settings)
			for _, name := range removed {
				fmt.Fprintln(cmd.OutOrStdout(), "removed", name)
			}
			return err
		},
	}
}
