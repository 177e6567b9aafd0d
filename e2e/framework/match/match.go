// Package match holds the output that a document shows against the output that really came, cell by cell and by type.
//
// A date, an age, an address or the generated end of a name may be another one. A status, a count, a kind, a port or a
// revision may not. Rows are objects, not lines: they are found by kind and name, wherever they stand.
package match

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"
)

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
	c.most = mostFindings
	c.compare(expected, actual)
	c.remember()
	return c.told()
}

// comparison collects findings about one output.
type comparison struct {
	options Options
	command command
	manner  manner
	words   canon
	// kind is of the tables that say none.
	kind   string
	found  []Finding
	learnt []fact
	// meanings are room for some.
	meanings []meaning
	// most is how many findings are kept, the others are only counted; nothing is no limit.
	most, uncounted, uncountedErrors int
	// effort is what may still be spent on finding out which rows and lines belong together where that takes more than
	// one look at each. Without it they are taken as they come, so that no output takes longer than in proportion.
	effort int
	// work counts what was held against each other: lines, cells, words of a header. It has to grow with the size.
	work int
}

// compare finds the differences between two texts.
func (c *comparison) compare(expected, actual string) {
	var want, got []line
	both(len(expected)+len(actual), func() { want = cleanLines(expected) }, func() { got = cleanLines(actual) })
	got = withoutNoise(want, got)
	switch {
	case len(want) == 0:
		// A document that shows nothing promises nothing.
	case c.options.Exact:
		c.exactly(want, got)
	case c.structured(want, got):
	default:
		var w, g output
		both(len(expected)+len(actual), func() { w = parse(want) }, func() { g = parse(got) })
		c.outputs(w, g)
	}
}

// both does two things, side by side if there is so much to be done that it pays.
func both(size int, one, other func()) {
	const large = 1 << 18
	if size < large {
		one()
		other()
		return
	}
	var group sync.WaitGroup
	group.Go(one)
	other()
	group.Wait()
}

const (
	// mostFindings is more than anybody reads.
	mostFindings = 1000
	// mostEffort counts comparisons of a few bytes: about a quarter of a second.
	mostEffort = 20_000_000
)

// spend tells whether there is effort left for something, and takes it.
func (c *comparison) spend(effort int) bool {
	if effort > c.effort {
		return false
	}
	c.effort -= effort
	return true
}

func newComparison(o Options) *comparison {
	cmd := readCommand(o.Command)
	how := cmd.manner()
	words := canon{versions: cmd.showsVersions(), nodePorts: asksForNodePort(o.Command), plain: how.plain}
	return &comparison{options: o, command: cmd, manner: how, kind: cmd.kind(), words: words, effort: mostEffort}
}

func (c *comparison) tell(f Finding) {
	if !c.full(f.Severity) {
		c.found = append(c.found, f)
	}
}

// full tells whether nobody reads another finding, which then is only counted.
func (c *comparison) full(severity Severity) bool {
	if c.most == 0 || len(c.found) < c.most {
		return false
	}
	c.uncounted++
	if severity == Error {
		c.uncountedErrors++
	}
	return true
}

// wrong tells whether the reader sees something else.
func (c *comparison) wrong() bool { return c.uncountedErrors > 0 || HasErrors(c.found) }

// told are the findings, and how many more there are.
func (c *comparison) told() []Finding {
	if c.uncounted == 0 {
		return c.found
	}
	more := Finding{Line: -1, Kind: Text, Severity: Warning, Note: fmt.Sprintf("and %d more differences like these", c.uncounted)}
	if c.uncountedErrors > 0 {
		more.Severity = Error
	}
	return append(c.found, more)
}

// outputs compares what is neither JSON nor YAML: tables, and the text around them.
func (c *comparison) outputs(want, got output) {
	if len(want.tables) == 0 && len(got.tables) > 0 {
		got = output{text: notBlank(got.lines)}
	}
	c.tables(want, got)
	c.text(want.text, got.text)
}

// exactly compares lines as they are; only blanks at their ends were lost on the way.
func (c *comparison) exactly(want, got []line) {
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(got):
			c.missing(want[i])
		case i >= len(want):
			c.tell(Finding{Line: lastLine(want), Kind: SurplusLine, Actual: got[i].text, came: got[i].text})
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

// collapse makes all blanks between words one.
func collapse(s string) string {
	before := byte(' ')
	for i := range len(s) {
		b := s[i]
		if b < ' ' || b >= utf8.RuneSelf || b == ' ' && before == ' ' {
			return strings.Join(strings.Fields(s), " ")
		}
		before = b
	}
	if s != "" && before == ' ' {
		return s[:len(s)-1]
	}
	return s
}
