package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"seatrial/e2e/framework/nearest"
	"seatrial/tools/seatrial/internal/choices"
)

// fill completes the choices of a command from the environment and from seatrial.yaml.
func fill(cmd *cobra.Command, c *choices.Choices) error {
	dir, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("looking for %s: %w", choices.File, err)
	}
	if err := c.Fill(cmd.Flags(), choices.Place{Getenv: os.Getenv, Dir: dir}); err != nil {
		return err
	}
	if c.Verbose {
		cmd.SetContext(tellRequests(cmd.Context(), cmd.ErrOrStderr()))
	}
	return nil
}

// filled is a command that has its choices filled before it runs, and that as a whole takes no longer than --timeout.
func filled(c *choices.Choices, run func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := fill(cmd, c); err != nil {
			return err
		}
		if c.Timeout > 0 {
			ctx, cancel := context.WithTimeoutCause(cmd.Context(), c.Timeout, overtime(c.Timeout))
			defer cancel()
			cmd.SetContext(ctx)
		}
		return run(cmd, args)
	}
}

// overtime is why something was ended that took too long.
func overtime(limit time.Duration) error {
	return fmt.Errorf("it took longer than %s, which is what --timeout, SEATRIAL_TIMEOUT or %s allows", limit, choices.File)
}

// format is what --output says: text for people, JSON for programs.
type format string

const (
	asText format = "text"
	asJSON format = "json"
)

func formats() []string { return []string{string(asText), string(asJSON)} }

func (f *format) String() string { return string(*f) }

// Type is what pflag asks for.
func (f *format) Type() string { return "string" }

// Set takes a format that there is.
func (f *format) Set(text string) error {
	if !slices.Contains(formats(), text) {
		return fmt.Errorf("there is no format %q%s", text, meant(text, formats()))
	}
	*f = format(text)
	return nil
}

func (f *format) register(cmd *cobra.Command) {
	*f = asText
	cmd.Flags().VarP(f, "output", "o", "`format` of the answer: "+strings.Join(formats(), ", "))
	complete(cmd, "output", formats())
}

// write answers in the format.
func (f *format) write(cmd *cobra.Command, value any, text func(io.Writer)) error {
	if *f == asText {
		text(cmd.OutOrStdout())
		return nil
	}
	encoder := json.NewEncoder(cmd.OutOrStdout())
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("writing the answer as JSON: %w", err)
	}
	return nil
}

// meant is what to put after an error about a word.
func meant(word string, known []string) string {
	if near := nearest.Word(word, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return "; there are " + strings.Join(known, ", ")
}

// complete lets a shell complete the value of a flag with words.
func complete(cmd *cobra.Command, flag string, words []string) {
	// The only error is a flag that is not there, or that has words already.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}
