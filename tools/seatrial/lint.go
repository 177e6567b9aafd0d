package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/trial"
	"seatrial/e2e/framework/workshop"
	"seatrial/tools/seatrial/internal/choices"
)

// linting is what the flags of "seatrial lint" say.
type linting struct {
	said    *choices.Choices
	strict  bool
	teller  *teller
	account *account

	failed bool  // something was found that fails
	broken error // documents whose author has to correct them before they can be read as one
}

func lintCommand() *cobra.Command {
	said := choices.New()
	l := &linting{said: said, account: newAccount(said)}
	l.account.unheard = true // Findings are lines, as editors read them.
	cmd := &cobra.Command{
		Use:   "lint FILE...|SCENARIO...",
		Short: "Finds what workshop documents have wrong by themselves",
		Long: `Finds what workshop documents have wrong by themselves, without a cluster and
without running anything: names that no cluster makes, ages that kubectl does
not print, output that contradicts an earlier block, a typo in a repeated
command, hints that nobody knows.

Instead of files, folders with a scenario.yaml can be named.

Exit code 0: nothing but warnings. 1: a document cannot be read. 2: errors, or
with --strict warnings.`,
		Example: `  seatrial lint docs/*.md
  seatrial lint scenarios/guestbook --strict --report junit=lint.xml`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, names []string) error {
			if err := fill(cmd, l.said); err != nil {
				return err
			}
			l.teller = &teller{out: cmd.OutOrStdout(), verbose: l.said.Verbose, paint: l.account.paint(cmd.OutOrStdout())}
			return l.account.of(cmd, names, func() error { return l.run(names) })
		},
	}
	flags := cmd.Flags()
	l.account.flag(flags)
	l.said.Register(flags, choices.FailFast, choices.Shown)
	flags.BoolVar(&l.strict, "strict", false, "let warnings fail, too")
	return cmd
}

// run reads everything that is named. What is wrong with a document is a finding; what cannot be read is none.
func (l *linting) run(names []string) error {
	for _, name := range names {
		if l.failed && l.said.FailFast {
			break
		}
		if err := l.named(name); err != nil {
			return err
		}
	}
	if l.failed {
		return errors.Join(errFindings, l.broken)
	}
	return nil
}

func (l *linting) named(name string) error {
	if !folder(name) {
		return l.document(workshop.Load(name))
	}
	read, err := readScenario(name)
	if err != nil {
		return err
	}
	for _, course := range read.Courses {
		for _, file := range read.Files(course) {
			if err := l.document(workshop.Load(file)); err != nil {
				return err
			}
		}
	}
	return nil
}

// document tells what is wrong with one.
func (l *linting) document(doc *workshop.Document, err error) error {
	if mistake, ok := errors.AsType[*workshop.Error](err); ok {
		l.failed, l.broken = true, errors.Join(l.broken, err)
		l.account.linted(&workshop.Document{Path: mistake.File}, []report.Finding{
			{Severity: report.Error, File: mistake.File, Line: mistake.Line, Text: mistake.Message},
		})
		return nil
	}
	if err != nil {
		return err
	}
	found := trial.Lint(doc)
	sortFindings(found)
	if l.teller.verbose {
		fmt.Fprintf(l.teller.out, "%s: %d steps, %d findings\n", doc.Path, len(doc.Steps), len(found))
	}
	l.teller.findings(found)
	var told []report.Finding
	for i := range found {
		l.failed = l.failed || l.strict || !found[i].Warning
		told = append(told, findingOf(found[i]))
	}
	l.account.linted(doc, told)
	return nil
}
