package main

import (
	"errors"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework/trial"
	"seatrial/e2e/framework/workshop"
)

func lintCommand() *cobra.Command {
	var strict bool
	cmd := &cobra.Command{
		Use:   "lint FILE...",
		Short: "Finds what workshop documents have wrong by themselves",
		Long: `Finds what workshop documents have wrong by themselves, without a cluster and
without running anything: names that no cluster makes, ages that kubectl does
not print, output that contradicts an earlier block, a typo in a repeated
command, hints that nobody knows.

Exit code 0: nothing but warnings. 1: a document cannot be read. 2: errors, or
with --strict warnings.`,
		Example: "  seatrial lint docs/*.md",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return lint(&teller{out: cmd.OutOrStdout()}, files, strict)
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "let warnings fail, too")
	return cmd
}

func lint(t *teller, files []string, strict bool) error {
	documents, err := load(files)
	var broken *workshop.Error
	if err != nil && !errors.As(err, &broken) {
		return err
	}
	failed := err != nil
	for _, doc := range documents {
		found := trial.Lint(doc)
		t.findings(found)
		for _, finding := range found {
			failed = failed || strict || !finding.Warning
		}
	}
	if err != nil {
		return errors.Join(errFindings, err)
	}
	if failed {
		return errFindings
	}
	return nil
}
