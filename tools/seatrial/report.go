package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/output"
	"seatrial/tools/seatrial/internal/choices"
)

func reportCommand() *cobra.Command {
	c := choices.New()
	cmd := &cobra.Command{
		Use:   "report FILE.json",
		Short: "Writes other reports of a run from its JSON report",
		Long: `Writes other reports of a run from its JSON report, as a run with
--report=json=FILE has left it. Without --report, it is the summary for a
terminal.

Exit code 0: written, whatever the run's verdict. 1: it could not be.`,
		Example: `  seatrial report run.json
  seatrial report run.json --report html=page.html --report junit=junit.xml`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := fill(cmd, c); err != nil {
				return err
			}
			run, err := readReport(args[0])
			if err != nil {
				return err
			}
			if c.Report == "" {
				report.Summary(cmd.OutOrStdout(), run, report.Look{Width: summaryWidth(cmd.OutOrStdout()), Paint: newAccount(c).paint(cmd.OutOrStdout())})
				return nil
			}
			wants, err := output.Parse(c.Report)
			if err != nil {
				return err
			}
			return output.Write(run, wants, cmd.OutOrStdout())
		},
	}
	c.Register(cmd.Flags(), choices.Reports)
	return cmd
}

func readReport(path string) (report.Run, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return report.Run{}, fmt.Errorf("reading a report: %w", err)
	}
	run, err := report.ParseJSON(content)
	if err != nil {
		return run, fmt.Errorf("%s: %w", path, errors.Join(err, errors.New("a run with `--report json=FILE` writes what is read here")))
	}
	return run, nil
}
