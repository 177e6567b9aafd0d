package telling

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"seatrial/e2e/framework/report"
)

// Lines is a writer for what a program prints: each line is what is being done in a phase. It is used by one goroutine at
// a time.
func (t Telling) Lines(phase string) io.Writer { return &lines{tell: t.Doing, phase: phase} }

type lines struct {
	tell  func(report.Doing)
	phase string
	begun []byte // of a line whose end is still to come
}

// Write never fails: a program that nobody listens to would stand still.
func (l *lines) Write(text []byte) (int, error) {
	l.begun = append(l.begun, text...)
	for {
		line, rest, ended := bytes.Cut(l.begun, []byte("\n"))
		if !ended {
			return len(text), nil
		}
		if what := readable(string(line)); what != "" {
			l.tell(report.Doing{Phase: l.phase, What: what})
		}
		l.begun = rest
	}
}

// readable is a line without what moves the cursor of a terminal: of one that was written over itself, how it was left.
func readable(line string) string {
	line = sequence.ReplaceAllString(line, "")
	for _, part := range slices.Backward(strings.Split(line, "\r")) {
		if words := strings.Fields(strings.Map(printed, part)); len(words) > 0 {
			return strings.Join(words, " ")
		}
	}
	return ""
}

// sequence is a control sequence of ECMA-48.
var sequence = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`)

func printed(r rune) rune {
	if unicode.IsControl(r) && r != '\t' {
		return -1
	}
	return r
}
