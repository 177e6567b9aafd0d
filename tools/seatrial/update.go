package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/pmezard/go-difflib/difflib"

	"seatrial/e2e/framework/match"
	"seatrial/e2e/framework/trial"
	"seatrial/e2e/framework/wholefile"
)

// update rewrites what is out of date in a document, after showing it. Cells whose type still
// matches stay, and so does every word of prose.
func update(out io.Writer, p *trial.Performance) error {
	outputs := map[int]string{}
	for i := range p.Plays {
		play := &p.Plays[i]
		ran := play.Verdict == trial.Passed || play.Verdict == trial.Failed && play.Exit == play.Step.Hints.Exit
		if play.Step.Expected == nil || !ran || play.Step.Hints.Background {
			continue
		}
		options := match.Options{Command: play.Step.Command, AnyOrder: play.Step.Hints.AnyOrder}
		outputs[i] = match.Merge(play.Step.Expected.Text(), play.Output, options)
	}
	path := p.Document.Path
	updated, err := p.Document.Update(outputs)
	if err != nil {
		return err
	}
	before, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("updating the document: %w", err)
	}
	if bytes.Equal(before, updated) {
		fmt.Fprintf(out, "\n%s is up to date\n", path)
		return nil
	}
	diff := difflib.UnifiedDiff{
		A: difflib.SplitLines(string(before)), B: difflib.SplitLines(string(updated)), FromFile: path, ToFile: path + " (updated)", Context: 2,
	}
	fmt.Fprintln(out)
	if err := difflib.WriteUnifiedDiff(out, diff); err != nil {
		return fmt.Errorf("showing what changes in %q: %w", path, err)
	}
	return replaceFile(path, updated)
}

// replaceFile gives a document its new content, and leaves it its permissions.
func replaceFile(path string, content []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("updating the document: %w", err)
	}
	if err := wholefile.Replace(path, content, info.Mode().Perm()); err != nil {
		return fmt.Errorf("updating %q: %w", path, err)
	}
	return nil
}
