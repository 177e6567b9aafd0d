package main

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"
)

// shells write what makes a shell complete our words.
func shells(root *cobra.Command) map[string]func(io.Writer) error {
	return map[string]func(io.Writer) error{
		"bash": func(out io.Writer) error { return root.GenBashCompletionV2(out, true) },
		"zsh":  root.GenZshCompletion,
		"fish": func(out io.Writer) error { return root.GenFishCompletion(out, true) },
	}
}

func completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Writes what makes a shell complete commands and flags",
		Example: `  source <(seatrial completion bash)
  seatrial completion zsh > "${fpath[1]}/_seatrial"
  seatrial completion fish > ~/.config/fish/completions/seatrial.fish`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: []string{"bash", "zsh", "fish"},
		RunE: func(cmd *cobra.Command, args []string) error {
			all := shells(cmd.Root())
			write, known := all[args[0]]
			if !known {
				return fmt.Errorf("there is no completion for %q%s", args[0], meant(args[0], slices.Sorted(maps.Keys(all))))
			}
			return write(cmd.OutOrStdout())
		},
	}
}
