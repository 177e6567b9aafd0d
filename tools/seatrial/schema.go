package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/scenario"
	"seatrial/tools/seatrial/internal/choices"
	"seatrial/tools/seatrial/internal/doctor"
	"seatrial/tools/seatrial/internal/images"
)

// schemas are the shapes of what is read and written here.
func schemas() map[string]func() ([]byte, error) {
	return map[string]func() ([]byte, error){
		"scenario": scenario.Schema, "report": report.Schema, "doctor": doctor.Schema, "config": choices.Schema, "images": images.Schema,
	}
}

func schemaCommand() *cobra.Command {
	words := slices.Sorted(maps.Keys(schemas()))
	return &cobra.Command{
		Use:   "schema config|doctor|images|report|scenario",
		Short: "Writes the JSON schema of a file that is read or written here",
		Long: `Writes the JSON schema of a file that is read or written here: seatrial.yaml
(config), scenario.yaml (scenario), what --report=json writes (report), and what
"doctor --output json" and "images --output json" answer.`,
		Example:   "  seatrial schema scenario > scenario.schema.json",
		ValidArgs: words,
		Args:      cobra.MatchAll(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			write, known := schemas()[args[0]]
			if !known {
				return fmt.Errorf("there is no schema %q%s", args[0], meant(args[0], words))
			}
			content, err := write()
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(content)
			return err
		},
	}
}
