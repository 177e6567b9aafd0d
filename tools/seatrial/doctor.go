package main

import (
	"errors"

	"github.com/spf13/cobra"

	"seatrial/tools/seatrial/internal/choices"
	"seatrial/tools/seatrial/internal/doctor"
)

// errNotReady means that no provider, or not the one that was asked for, can be used.
var errNotReady = errors.New("this machine is not ready")

func doctorCommand() *cobra.Command {
	c := choices.New()
	var output format
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Says what this machine can run, and how to mend what is missing",
		Long: `Says what this machine can run: each provider of clusters, each container
engine, what is prepared, and the machine itself. Below what is missing stands
the command that mends it. Nothing is changed: an engine that has not been
tried yet runs one container as small as can be, which is removed again.

Exit code 0: a provider can be used, or the one that --provider names. 1: none
can.`,
		Example: `  seatrial doctor
  seatrial doctor --provider kind
  seatrial doctor --output json`,
		Args: cobra.NoArgs,
		RunE: filled(c, func(cmd *cobra.Command, _ []string) error {
			diagnosis, err := doctor.Examine(cmd.Context(), c.Settings())
			if err != nil {
				return err
			}
			if err := output.write(cmd, diagnosis, diagnosis.Text); err != nil {
				return err
			}
			if !diagnosis.Usable {
				return errNotReady
			}
			return nil
		}),
	}
	c.Register(cmd.Flags(), choices.Where, choices.Timing)
	output.register(cmd)
	return cmd
}
