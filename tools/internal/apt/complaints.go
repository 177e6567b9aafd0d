package apt

import "strings"

// complaints keeps the lines that apt's programs begin with "E: ": they are the cause, and whoever looks on sees only in passing
// what else they say.
type complaints struct{ lines []string }

// most is how many lines are kept; those that come later only follow from them.
const most = 10

func (c *complaints) hear(line string) {
	if strings.HasPrefix(line, "E: ") && len(c.lines) < most {
		c.lines = append(c.lines, strings.TrimSpace(line))
	}
}

// String is what belongs behind an error: the lines, each on its own.
func (c *complaints) String() string {
	if len(c.lines) == 0 {
		return ""
	}
	return "\n" + strings.Join(c.lines, "\n")
}
