package telling

import (
	"io"
	"slices"
	"strings"

	"seatrial/e2e/framework/report"
	"seatrial/tools/internal/byline"
)

// Lines is a writer for what a program prints: each line is what is being done in a phase. It is used by one goroutine at
// a time.
func (t Telling) Lines(phase string) io.Writer {
	return &byline.Writer{Hear: func(line string) {
		if what := readable(line); what != "" {
			t.Doing(report.Doing{Phase: phase, What: what})
		}
	}}
}

// readable is a line without what moves the cursor of a terminal: of one that was written over itself, how it was left.
func readable(line string) string {
	for _, part := range slices.Backward(strings.Split(report.Plain(line), "\n")) {
		if words := strings.Fields(part); len(words) > 0 {
			return strings.Join(words, " ")
		}
	}
	return ""
}
