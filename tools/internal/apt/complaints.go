package apt

import (
	"bytes"
	"strings"
)

// complaints keeps the lines that apt's programs begin with "E: ": they are the cause, and whoever looks on sees only in passing
// what else they say.
type complaints struct {
	begun []byte // of a line whose end is still to come
	lines []string
}

// most is how many lines are kept; those that come later only follow from them.
const most = 10

// Write never fails: a program that nobody listens to would stand still.
func (c *complaints) Write(text []byte) (int, error) {
	c.begun = append(c.begun, text...)
	for {
		line, rest, ended := bytes.Cut(c.begun, []byte("\n"))
		if !ended {
			return len(text), nil
		}
		if bytes.HasPrefix(line, []byte("E: ")) && len(c.lines) < most {
			c.lines = append(c.lines, strings.TrimSpace(string(line)))
		}
		c.begun = rest
	}
}

// String is what belongs behind an error: the lines, each on its own.
func (c *complaints) String() string {
	if len(c.lines) == 0 {
		return ""
	}
	return "\n" + strings.Join(c.lines, "\n")
}
