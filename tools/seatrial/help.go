package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"seatrial/e2e/framework/nearest"
	"seatrial/e2e/framework/report/output"
	"seatrial/e2e/framework/scenario"
	"seatrial/tools/internal/columns"
	"seatrial/tools/seatrial/internal/choices"
)

// fitHelp keeps the help of a command and those below it within the columns of a terminal.
func fitHelp(root *cobra.Command) {
	template := root.UsageTemplate()
	for _, flags := range []string{"LocalFlags", "InheritedFlags"} {
		template = strings.ReplaceAll(template, "."+flags+".FlagUsages", fmt.Sprintf(".%s.FlagUsagesWrapped %d", flags, columns.Width))
	}
	root.SetUsageTemplate(template)
	root.SetFlagErrorFunc(explainFlag)
}

// explainWords says of each command below which words it wants, where there are too few or too many.
func explainWords(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			if err == nil || strings.HasPrefix(err.Error(), "unknown command") {
				return err
			}
			_, wants, _ := strings.Cut(cmd.Use, " ")
			return fmt.Errorf("`%s` wants %s, and was given %d words: `%s --help` has examples", cmd.CommandPath(), wants, len(args), cmd.CommandPath())
		}
	}
	for _, below := range cmd.Commands() {
		explainWords(below)
	}
}

// explainFlag adds the flag that was meant, and where to read more.
func explainFlag(cmd *cobra.Command, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "unknown flag: --")
	if unknown {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := nearest.Word(name, names); near != "" {
			return fmt.Errorf("unknown flag --%s; did you mean --%s?", name, near)
		}
		err = fmt.Errorf("unknown flag --%s", name)
	}
	if before, cause, found := strings.Cut(err.Error(), " flag: "); found {
		switch {
		case strings.HasPrefix(cause, "time: "):
			return fmt.Errorf("%s flag: want a duration such as 90s or 10m", before)
		case strings.HasPrefix(cause, "strconv."):
			return fmt.Errorf("%s flag: want a number such as 4", before)
		}
	}
	return errors.Join(err, fmt.Errorf("`%s --help` has all flags", cmd.CommandPath()))
}

// reportWords are the beginnings of what --report takes: most formats are followed by a file.
func reportWords() []string {
	words := output.Formats()
	for i, word := range words {
		if output.Format(word) != output.GitHub {
			words[i] = word + "="
		}
	}
	return words
}

// completeScenarios offers folders with a scenario to a shell, and else documents.
func completeScenarios(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	found, err := filepath.Glob(begun + "*/" + scenario.File)
	if err != nil || len(found) == 0 {
		return []string{"md"}, cobra.ShellCompDirectiveFilterFileExt
	}
	for i, path := range found {
		found[i] = filepath.Dir(path)
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

// completeAll lets a shell complete the values of the flags that have words, for all commands below.
func completeAll(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if words := choices.Words(f.Name); words != nil {
			complete(cmd, f.Name, words)
		}
		if f.Name == "report" {
			// As above: there is such a flag, and it has no words yet.
			_ = cmd.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(reportWords(), cobra.ShellCompDirectiveNoSpace|cobra.ShellCompDirectiveNoFileComp))
		}
	})
	for _, below := range cmd.Commands() {
		completeAll(below)
	}
}
