package live

import (
	"fmt"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/paint"
)

// line is something that is told and stays.
type line struct {
	// group is what it belongs to, if it belongs to anything; end closes it.
	group group
	end   bool
	// detail is the least at which it is told. What is plain, a terminal shows among what changes, and not as a line
	// unless everything is told.
	detail Detail
	plain  bool

	verdict report.Verdict // the word it begins with, if any
	kind    report.SubjectKind
	blank   bool // whether an empty line comes before it
	words   string
	note    string
	whole   bool // broken between words where it does not fit, and not cut: a sentence
	paint   manner
}

// manner is how a line without a verdict is painted.
type manner int

const (
	ordinary manner = iota
	strong
	faint
)

const (
	// wordWidth is that of the longest verdict, so that what comes after them stands below each other.
	wordWidth = 7
	blank     = "          " // as wide as a verdict with its margins
	// quoted begins what a command has printed. Nothing that is not ours begins a line: in a workflow's log it could be
	// taken for a command.
	quoted = "          | "
)

// text is the line in at most so many columns; 0 is no limit.
func (l line) text(p paint.Paint, width int) string {
	note := ""
	if l.note != "" {
		note = "  (" + l.note + ")"
	}
	if l.whole && width > 0 {
		text := l.words[len(blank):]
		return l.before() + painted(p, l.paint)(strings.Join(report.Wrap(text, blank, width), "\n"))
	}
	if l.verdict == "" {
		return l.before() + painted(p, l.paint)(cut(l.words, note, width))
	}
	word := fmt.Sprintf("  %-*s ", wordWidth, said(l.verdict, l.kind))
	return l.before() + byVerdict(p, l.verdict)(word) + cut(l.words, note, width-runewidth.StringWidth(word)*min(width, 1))
}

func (l line) before() string {
	if l.blank {
		return "\n"
	}
	return ""
}

// cut shortens words so that the note behind them can still be read, and the note if there is no room for both.
func cut(words, note string, width int) string {
	if width <= 0 || runewidth.StringWidth(words)+runewidth.StringWidth(note) <= width {
		return words + note
	}
	if room := width - runewidth.StringWidth(note); room >= width/2 {
		return report.Fit(words, room) + note
	}
	return report.Fit(words+note, width)
}

// said is a verdict in the word that fits what was tried.
func said(v report.Verdict, kind report.SubjectKind) string {
	if kind == report.Story {
		switch v {
		case report.Passed:
			return "kept"
		case report.Failed:
			return "BROKEN"
		case report.Skipped, report.NotRun, report.Undecided:
		}
	}
	return string(v)
}

func byVerdict(p paint.Paint, v report.Verdict) func(string) string {
	switch v {
	case report.Passed:
		return p.Good
	case report.Failed:
		return p.Bad
	case report.Skipped, report.NotRun, report.Undecided:
	}
	return p.Odd
}

func painted(p paint.Paint, m manner) func(string) string {
	switch m {
	case strong:
		return p.Strong
	case faint:
		return p.Faint
	case ordinary:
	}
	return func(text string) string { return text }
}

// stamped begins each line of a text with the time since the start.
func stamped(since time.Duration, text string) string {
	stamp := fmt.Sprintf("%7.1fs  ", since.Seconds())
	before := text[:len(text)-len(strings.TrimLeft(text, "\n"))]
	return before + stamp + text[len(before):]
}
