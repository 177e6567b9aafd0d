package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"seatrial/tools/seatrial/internal/choices"
)

// acceptAll lets every command take every shared flag. One that changes nothing is told, and is no mistake.
func acceptAll(cmd *cobra.Command) {
	choices.Accept(cmd.Flags())
	for _, below := range cmd.Commands() {
		acceptAll(below)
	}
}

// tellIgnored says which of the flags that were given change nothing.
func tellIgnored(cmd *cobra.Command, _ []string) error {
	names, err := choices.Ignored(cmd.Flags())
	if err != nil {
		return err
	}
	if len(names) > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "seatrial: `%s` has no use for %s: nothing changes\n", cmd.CommandPath(), strings.Join(names, ", "))
	}
	return nil
}
