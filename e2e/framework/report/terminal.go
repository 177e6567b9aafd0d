package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"seatrial/e2e/framework/report/paint"
)

// Look says how a terminal shows a summary.
type Look struct {
	// Width is how many columns there are; 0 for [Width].
	Width int
	Paint paint.Paint
}

// Width is that of a terminal on which nothing that Summary writes is broken by the terminal itself, unless its look
// says otherwise.
const Width = 80

// narrowest is the least that texts are laid out for.
const narrowest = 20

// screen is a terminal that a summary is written to.
type screen struct {
	out   io.Writer
	width int
	paint.Paint
}

// Summary writes what a person needs to see at the end: the findings under the step they belong to, each subject on a
// line if there are several, and the verdict last, where the eye is.
func Summary(out io.Writer, run Run, look Look) {
	s := screen{out: out, width: max(cmp.Or(look.Width, Width), narrowest), Paint: look.Paint}
	for _, one := range gathered(run.Subjects) {
		s.findings(one)
	}
	for i := range run.Tables {
		s.table(run.Tables[i])
	}
	if len(run.Subjects) > 1 {
		s.line("")
		for i := range run.Subjects {
			s.subject(run.Subjects[i])
		}
	}
	if run.Trouble != "" {
		s.line("\n" + s.Strong("Could not be found out:"))
		s.line(strings.Join(Wrap(run.Trouble, "  ", s.width), "\n"))
	}
	s.line("\n" + s.verdict(run.Verdict)(strings.Join(Wrap(run.Sentence(), "", s.width), "\n")))
	if where := whereAndWhen(run); where != "" {
		s.line(s.Faint(strings.Join(Wrap(where, "", s.width), "\n")))
	}
}

func (s screen) line(text string) { fmt.Fprintln(s.out, text) }

// subject is one line of the list of them.
func (s screen) subject(one Subject) {
	const word = 9
	verdict := string(one.Verdict)
	name := one.Name()
	if one.Reason != "" {
		name += ": " + FirstLine(one.Reason)
	}
	s.line(s.verdict(one.Verdict)(verdict) + strings.Repeat(" ", max(word-len(verdict), 0)+1) + Fit(name, s.width-word-1))
}

// verdict is how one is painted.
func (s screen) verdict(v Verdict) func(string) string {
	switch v {
	case Passed:
		return s.Good
	case Failed:
		return s.Bad
	case Skipped, NotRun, Undecided:
	}
	return s.Odd
}

func whereAndWhen(run Run) string {
	var parts []string
	if run.Where.Provider != "" {
		parts = append(parts, "on provider "+run.Where.Provider+", Kubernetes "+run.Where.Kubernetes)
	}
	if took := run.Ended.Sub(run.Started); took > 0 {
		parts = append(parts, "in "+Took(took))
	}
	return strings.Join(parts, ", ")
}

// Took is a length of time as people say it: 4.2 s, 1m12s.
func Took(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", max(d, 0).Seconds())
	}
	return d.Round(time.Second).String()
}

// findings writes what was found in a subject.
func (s screen) findings(g gathering) {
	if len(g.findings) == 0 {
		return
	}
	s.line("\n" + s.Strong(strings.Join(Wrap(g.name, "", s.width), "\n")))
	step := ""
	for _, f := range g.findings {
		if f.step != step {
			step = f.step
			s.line("")
			if f.heading != "" && !strings.HasSuffix(g.name, f.heading) {
				s.line(strings.Join(Wrap(f.heading, "  ", s.width), "\n"))
			}
			s.line("  " + s.Faint(Fit(step, s.width-2)))
		}
		s.finding(f, g.kind)
	}
	if g.evidence != "" {
		s.label("evidence", g.evidence, s.Faint)
	}
}

// finding writes one: its place, as editors can follow it, then what it says, then both sides below each other, where
// the eye compares them. Red is the side that is wrong.
func (s screen) finding(f found, kind SubjectKind) {
	const margin = "    "
	place, word := f.opening()
	paintWord := map[Severity]func(string) string{Error: s.Bad, Warning: s.Odd, Note: s.Faint}[f.Severity]
	text, restated := f.withoutValue(), f.restated(kind)
	if restated {
		text = strings.TrimSpace(f.Object + " " + f.Field)
	}
	switch {
	case text == "":
		s.line("  " + place + paintWord(word))
	case restated && runewidth.StringWidth("  "+place+word+": "+text) <= s.width:
		s.line("  " + place + paintWord(word) + ": " + text)
	default:
		s.line("  " + place + paintWord(word))
		s.line(strings.Join(Wrap(text, margin, s.width), "\n"))
	}
	if f.Expected != "" || f.Actual != "" {
		expected, actual := kind.Sides()
		right, wrong := s.Good, s.Bad
		if kind == Document { // It is what has to be mended.
			right, wrong = wrong, right
		}
		s.value(expected, cmp.Or(f.Expected, nothing), right)
		s.value(actual, cmp.Or(f.Actual, nothing), wrong)
	}
	s.label("why", f.Why, s.plain)
	s.label("remedy", f.Remedy, s.plain)
	if len(f.paths) > 1 {
		s.label("on", f.onPaths(), s.Faint)
	}
}

func (s screen) plain(text string) string { return text }

// label writes a text behind a word, with all its lines below each other; where there is no room for that, below it.
func (s screen) label(word, text string, painted func(string) string) {
	if text == "" {
		return
	}
	lead, margin := s.margins(word)
	lines := Wrap(text, margin, s.width)
	for i, line := range lines {
		lines[i] = painted(strings.TrimPrefix(line, margin))
	}
	s.line(lead + strings.Join(lines, "\n"+margin))
}

// value is a label whose text may be anything: it is broken wherever a line is full, and its line ends stay.
func (s screen) value(word, text string, painted func(string) string) {
	lead, margin := s.margins(word)
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, fold(line, s.width-len(margin))...)
	}
	for i, line := range lines {
		lines[i] = painted(line)
	}
	s.line(lead + strings.Join(lines, "\n"+margin))
}

// margins are what comes before the first line of a label, and before the others.
func (s screen) margins(word string) (lead, margin string) {
	const indent, beside, below = 6, 22, 8
	if s.width < 2*beside {
		margin = strings.Repeat(" ", below)
		return strings.Repeat(" ", indent) + word + "\n" + margin, margin
	}
	return strings.Repeat(" ", indent) + fmt.Sprintf("%-*s", beside-indent, word), strings.Repeat(" ", beside)
}

// shown is the step as a person would type it, or else its name.
func (s Step) shown() string {
	if s.Command != "" {
		return "$ " + FirstLine(s.Command)
	}
	return FirstLine(s.Name)
}
