package live

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"seatrial/e2e/framework/report"
)

// state is what is under way, and what was.
type state struct {
	started  time.Time
	planned  int // subjects, if somebody knows
	phases   int // that are planned, if somebody knows
	ended    int // of the phases
	under    []*doing
	subjects map[report.SubjectID]*doing
	over     map[report.Verdict]int
}

// doing is a phase or a subject under way.
type doing struct {
	group  group
	name   string
	phase  bool
	kind   report.SubjectKind // of a subject
	failed bool
	since  time.Time
	// steps is how many there are, if somebody knows; done are those that were told.
	steps int
	done  map[int]bool
	// what is being done, since, and how many of it are done.
	what      string
	amount    amount
	whatSince time.Time
}

// hear changes the state and gives what is to be told of it.
func (s *state) hear(e report.Event) []line {
	switch {
	case e.Began != nil:
		s.started = e.At
	case e.Planned != nil:
		s.planned += *e.Planned
	case e.PlannedPhases != nil:
		s.phases += *e.PlannedPhases
	case e.Settled != nil:
		return []line{settled(*e.Settled)}
	case e.PhaseBegan != nil:
		one := &doing{group: group{name: *e.PhaseBegan}, name: *e.PhaseBegan, phase: true, since: e.At}
		s.under = append(s.under, one)
		return []line{{group: one.group, plain: true, words: blank + one.name}}
	case e.PhaseEnded != nil:
		return s.phaseEnded(*e.PhaseEnded, "", e.At)
	case e.PhaseGivenUp != nil:
		return s.phaseEnded(*e.PhaseGivenUp, "given up after ", e.At)
	case e.Said != nil:
		return []line{{words: blank + *e.Said, whole: true}}
	case e.Doing != nil:
		return s.doing(*e.Doing, e.At)
	case e.SubjectBegan != nil:
		return s.begin(*e.SubjectBegan, e.At)
	case e.SubjectEnded != nil:
		return s.end(*e.SubjectEnded, e.At)
	case e.StepBegan != nil:
		if one := s.subjects[e.StepBegan.Subject]; one != nil {
			one.what, one.whatSince = name(e.StepBegan.Step), e.At
		}
	case e.StepEnded != nil:
		return s.step(*e.StepEnded)
	case e.Tabled != nil:
		return rows(*e.Tabled)
	}
	return nil
}

func (s *state) phaseEnded(name, how string, at time.Time) []line {
	for i, one := range slices.Backward(s.under) {
		if one.phase && one.name == name {
			s.under = slices.Delete(s.under, i, i+1)
			s.ended++
			return []line{{group: one.group, words: blank + name, note: how + report.Took(at.Sub(one.since))}, {group: one.group, end: true}}
		}
	}
	return nil
}

func (s *state) doing(e report.Doing, at time.Time) []line {
	one := s.subjects[e.Subject]
	if e.Phase != "" {
		at := slices.IndexFunc(s.under, func(o *doing) bool { return o.phase && o.name == e.Phase })
		if at < 0 {
			return nil
		}
		one = s.under[at]
	}
	if one == nil {
		return nil
	}
	before := one.amount
	one.amount = amount{e.Done, e.AtMost}
	if one.what == e.What && one.amount.share() == before.share() {
		return nil
	}
	if one.what != e.What {
		one.what, one.whatSince = e.What, at
	}
	words := blank + one.name + ": " + e.What
	if far := one.amount.String(); far != "" {
		words += ", " + far
	}
	return []line{{group: one.group, plain: true, words: words}}
}

// amount is how many are done, of at most so many.
type amount struct{ done, most int }

// share is in which twentieth of all it is: as often it is worth a line of its own.
func (a amount) share() int {
	const shares = 20
	return a.done * shares / max(a.most, 1)
}

func (a amount) String() string {
	if a.most == 0 {
		return ""
	}
	return fmt.Sprintf("%d of at most %d", a.done, a.most)
}

func (s *state) begin(e report.SubjectBegan, at time.Time) []line {
	one := &doing{name: e.Subject.Name(), kind: e.Subject.Kind, since: at, whatSince: at, steps: e.Steps, done: map[int]bool{}}
	if s.subjects == nil {
		s.subjects, s.over = map[report.SubjectID]*doing{}, map[report.Verdict]int{}
	}
	// The lines of a document tell only together what they belong to; each line of a path has its name.
	one.group = group{name: one.name, id: e.ID, ordered: one.kind != report.Path}
	s.subjects[e.ID] = one
	s.under = append(s.under, one)
	if e.Subject.Kind == report.Path {
		return nil // There are many at a time: each is told when it is over.
	}
	title := "== " + one.name
	if e.Subject.File != "" {
		title += " (" + e.Subject.File + ")"
	}
	return []line{{group: one.group, blank: true, words: title, paint: strong}}
}

func (s *state) end(e report.SubjectEnded, at time.Time) []line {
	one := s.subjects[e.ID]
	if one == nil {
		return nil
	}
	s.under = slices.DeleteFunc(s.under, func(o *doing) bool { return o == one })
	verdict := e.Subject.Verdict
	if verdict == "" {
		verdict = report.Passed
		if one.failed || slices.ContainsFunc(e.Subject.Findings, func(f report.Finding) bool { return f.Severity == report.Error }) {
			verdict = report.Failed
		}
	}
	s.over[verdict]++
	lines := []line{{group: one.group, end: true}}
	if one.kind == report.Path || verdict == report.Skipped || verdict == report.NotRun {
		note := report.Took(at.Sub(one.since))
		if e.Subject.Reason != "" {
			note = e.Subject.Reason
		}
		lines = slices.Insert(lines, 0, line{group: one.group, verdict: verdict, words: one.name, note: note})
	}
	return lines
}

// step tells of one that has ended, once.
func (s *state) step(e report.StepEvent) []line {
	one := s.subjects[e.Subject]
	if one == nil || one.done[e.Step.Number] {
		return nil
	}
	one.done[e.Step.Number] = true
	one.what = ""
	one.failed = one.failed || e.Step.Verdict == report.Failed || e.Step.Verdict == report.NotRun
	told := line{group: one.group, verdict: e.Step.Verdict, kind: one.kind, words: name(e.Step), note: note(e.Step)}
	switch {
	case one.kind == report.Path:
		told.words = one.name + ": " + told.words
		if e.Step.Verdict == report.Passed {
			told.detail = Verbose
		}
	case e.Step.Line > 0:
		told.words = fmt.Sprintf("%3d  line %-4d %s", e.Step.Number, e.Step.Line, told.words)
	}
	lines := []line{told}
	for text := range strings.Lines(report.Plain(e.Step.Output)) {
		lines = append(lines, line{group: one.group, detail: Verbose, words: quoted + strings.TrimRight(text, "\r\n"), paint: faint})
	}
	return lines
}

// name is what a step is called while it is told.
func name(s report.Step) string {
	if s.Name != "" {
		return report.FirstLine(s.Name)
	}
	return report.FirstLine(s.Command)
}

// note says how long a step took, or why it did not.
func note(s report.Step) string {
	if s.Verdict == report.Skipped || s.Verdict == report.NotRun {
		return report.FirstLine(s.Reason)
	}
	text := ""
	if s.Seconds > 0 {
		text = fmt.Sprintf("%.1f s", s.Seconds)
	}
	if s.Tries > 1 {
		text += fmt.Sprintf(", looked %d times", s.Tries)
	}
	if s.Reason != "" {
		text += ", " + report.FirstLine(s.Reason)
	}
	return strings.TrimPrefix(text, ", ")
}

func settled(w report.Where) line {
	text := fmt.Sprintf("provider %s, Kubernetes %s, cluster %s", w.Provider, w.Kubernetes, w.Cluster)
	if w.Why != "" {
		text += " (" + w.Why + ")"
	}
	return line{words: blank + text, whole: true}
}

func rows(t report.Table) []line {
	var lines []line
	for i := range t.Rows {
		row := &t.Rows[i]
		told := line{verdict: report.Failed, words: t.Title + ": " + report.FirstLine(row.Done)}
		if row.Held { // There are many, and the summary has them all.
			told.verdict, told.detail = report.Passed, Verbose
		}
		lines = append(lines, told)
	}
	return lines
}

// words say what is under way and how far it is.
func (d *doing) words(now time.Time) string {
	text := d.name
	if d.what != "" {
		text += ": " + d.what
	}
	return text + " (" + strings.Join(slices.DeleteFunc([]string{d.progress(), report.Took(now.Sub(d.since))}, func(s string) bool { return s == "" }), ", ") + ")"
}

// progress says how many steps are done.
func (d *doing) progress() string {
	if d.steps == 0 {
		return d.amount.String()
	}
	return fmt.Sprintf("%d of %d", len(d.done), d.steps)
}
