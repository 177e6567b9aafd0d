package trial

import (
	"cmp"
	"slices"

	"seatrial/e2e/framework/match"
	"seatrial/e2e/framework/workshop"
	"seatrial/e2e/framework/workshop/lint"
)

// Lint lists what a document has wrong by itself, in its commands and in the output it shows: found without a
// cluster, and without running anything. All are warnings.
func Lint(doc *workshop.Document) []Finding {
	var all []Finding
	for _, one := range lint.Check(doc) {
		all = append(all, Finding{File: one.File, Line: one.Line, Heading: one.Heading, Command: one.Command, Warning: true, Text: one.Message})
	}
	memory := &match.Memory{}
	for i := range doc.Steps {
		step := &doc.Steps[i]
		if step.Expected == nil {
			continue
		}
		for _, one := range match.Lint(step.Expected.Text(), match.Options{Command: step.Command, Memory: memory}) {
			all = append(all, place(step, step.Expected, one))
		}
	}
	slices.SortStableFunc(all, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	return all
}
