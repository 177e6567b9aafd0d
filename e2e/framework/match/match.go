// Package match holds the output that a document shows against the output that really came, cell by cell and by type.
//
// A date, an age, an address or the generated end of a name may be another one. A status, a count, a kind, a port or a
// revision may not. Rows are objects, not lines: they are found by kind and name, wherever they stand.
package match

import "strings"

// Options say how an output is to be read.
type Options struct {
	// Command is what was typed. It decides the format, and what the objects of a table without kinds are.
	Command string
	// AnyOrder lets lines of text come in any order. Rows of tables always may.
	AnyOrder bool
	// Exact compares line by line and character by character.
	Exact bool
	// Ignore compares nothing.
	Ignore bool
	// Memory has what earlier outputs of the same document gave away. Nil is no memory.
	Memory *Memory
}

// Compare lists what a reader of the document sees otherwise than it was promised. No finding of severity [Error] means
// that the output is what the document shows. Only then does Memory learn from it, so that a command may be repeated.
func Compare(expected, actual string, o Options) []Finding {
	if o.Ignore {
		return nil
	}
	c := newComparison(o)
	want, got := cleanLines(expected), cleanLines(actual)
	got = withoutNoise(want, got)
	switch {
	case len(want) == 0:
		// A document that shows nothing promises nothing.
	case o.Exact:
		c.exactly(want, got)
	case c.structured(want, got):
	default:
		c.outputs(parse(want), parse(got))
	}
	c.remember()
	return c.found
}

// comparison collects findings about one output.
type comparison struct {
	options Options
	command command
	words   canon
	found   []Finding
	learnt  []fact
}

func newComparison(o Options) *comparison {
	cmd := readCommand(o.Command)
	return &comparison{options: o, command: cmd, words: canon{versions: cmd.showsVersions()}}
}

func (c *comparison) tell(f Finding) { c.found = append(c.found, f) }

// outputs compares what is neither JSON nor YAML: tables, and the text around them.
func (c *comparison) outputs(want, got output) {
	if len(want.tables) == 0 && len(got.tables) > 0 {
		got = output{text: got.lines, lines: got.lines}
	}
	c.tables(want, got)
	c.text(want.text, got.text)
}

// exactly compares lines as they are; only blanks at their ends were lost on the way.
func (c *comparison) exactly(want, got []line) {
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(got):
			c.tell(missingLine(want[i]))
		case i >= len(want):
			c.tell(surplusLine(got[i], lastLine(want)))
		case want[i].text != got[i].text:
			c.tell(Finding{Line: want[i].number, Kind: Text, Expected: want[i].text, Actual: got[i].text, came: got[i].text})
		}
	}
}

func lastLine(lines []line) int {
	if len(lines) == 0 {
		return -1
	}
	return lines[len(lines)-1].number
}

// HasErrors tells whether any finding is more than a warning.
func HasErrors(all []Finding) bool {
	for i := range all {
		if all[i].Severity == Error {
			return true
		}
	}
	return false
}

func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }
