package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework"
)

func sweepCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "sweep",
		Short: "Removes what killed runs have left on this machine: clusters, containers, networks, folders",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := framework.FromEnvironment()
			if err != nil {
				return err
			}
			removed, err := framework.Sweep(cmd.Context(), framework.Options{Settings: settings})
			for _, name := range removed {
				fmt.Fprintln(cmd.OutOrStdout(), "removed", name)
			}
			return err
		},
	}
}
