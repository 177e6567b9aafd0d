package page

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pmezard/go-difflib/difflib"

	"seatrial/e2e/framework/report"
)

// longest is how many lines of an output are compared; a comparison of more takes long, and nobody reads it.
const longest = 2000

// line is one line of what was promised beside what came. Where one side has none, it is empty.
type line struct {
	Expected, Actual string
	// Shown and Came say whether there is such a line at all.
	Shown, Came bool
	// Same is true if both are the same to the letter. Where they are not, it may still be what was promised: ages and
	// addresses differ by their nature. The findings say what does not fit.
	Same bool
	// Found says that a finding is about this line.
	Found bool
}

// narrow is the longest line, in characters, of texts that stand side by side. Of longer ones, one half would be out of
// sight: their lines stand above each other, where the columns of a table can be compared as well.
const narrow = 48

// diff is what was promised and what came.
type diff struct {
	Lines []line
	// Wide says that the lines are to stand above each other.
	Wide bool
}

// diffOf compares two texts. It has no lines if nothing was promised or they are too long.
func diffOf(expected, actual string) diff {
	if expected == "" {
		return diff{}
	}
	then, now := splitLines(expected), splitLines(actual)
	if len(then) > longest || len(now) > longest {
		return diff{}
	}
	wide := func(text string) bool { return utf8.RuneCountInString(text) > narrow }
	return diff{Lines: lines(then, now), Wide: slices.ContainsFunc(then, wide) || slices.ContainsFunc(now, wide)}
}

// markFound marks the lines that a step's findings are about. What a document shows stands below its command; a finding
// whose words are not in the line that would be its own is left alone.
func (d diff) markFound(s report.Step) {
	number := s.Line + len(splitLines(s.Command))
	for i := range d.Lines {
		one := &d.Lines[i]
		if !one.Shown {
			continue
		}
		one.Found = slices.ContainsFunc(s.Findings, func(f report.Finding) bool {
			return f.Severity == report.Error && f.Line == number && strings.Contains(one.Expected, f.Expected)
		})
		number++
	}
}

// lines pairs those of two texts.
func lines(then, now []string) []line {
	var all []line
	for _, op := range difflib.NewMatcher(then, now).GetOpCodes() {
		for i, k := op.I1, op.J1; i < op.I2 || k < op.J2; i, k = i+1, k+1 {
			one := line{Same: op.Tag == 'e'}
			if i < op.I2 {
				one.Expected, one.Shown = then[i], true
			}
			if k < op.J2 {
				one.Actual, one.Came = now[k], true
			}
			all = append(all, one)
		}
	}
	return all
}

func splitLines(text string) []string {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
