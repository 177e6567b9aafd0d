package page

import (
	"strings"

	"github.com/pmezard/go-difflib/difflib"
)

// longest is how many lines of an output are compared; a comparison of more takes long, and nobody reads it.
const longest = 2000

// line is one line of what was promised beside what came. Where one side has none, it is empty.
type line struct {
	Expected, Actual string
	// Same is true if both are the same to the letter. Where they are not, it may still be what was promised: ages and
	// addresses differ by their nature. The findings say what does not fit.
	Same bool
}

// diffOf puts two texts beside each other. It is empty if nothing was promised or they are too long.
func diffOf(expected, actual string) []line {
	if expected == "" {
		return nil
	}
	then, now := splitLines(expected), splitLines(actual)
	if len(then) > longest || len(now) > longest {
		return nil
	}
	var all []line
	for _, op := range difflib.NewMatcher(then, now).GetOpCodes() {
		for i, k := op.I1, op.J1; i < op.I2 || k < op.J2; i, k = i+1, k+1 {
			one := line{Same: op.Tag == 'e'}
			if i < op.I2 {
				one.Expected = then[i]
			}
			if k < op.J2 {
				one.Actual = now[k]
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
