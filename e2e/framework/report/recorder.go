package report

import (
	"slices"
	"strings"
	"time"
)

// Recorder folds events into a run. The zero value is ready.
type Recorder struct {
	run   Run
	index map[SubjectID]int
}

// Run is what is known so far. It shares nothing that later events change.
func (r *Recorder) Run() Run {
	run := r.run
	run.Version = Version
	run.Phases = slices.Clone(run.Phases)
	run.Subjects = slices.Clone(run.Subjects)
	for i := range run.Subjects {
		run.Subjects[i].Steps = slices.Clone(run.Subjects[i].Steps)
	}
	run.Tables = slices.Clone(run.Tables)
	for i := range run.Tables {
		run.Tables[i].Rows = slices.Clone(run.Tables[i].Rows)
	}
	run.Verdict = verdictOf(run)
	return run
}

// Hear takes one event.
func (r *Recorder) Hear(e Event) {
	switch {
	case e.Began != nil:
		r.run.Command, r.run.Started = e.Began.Command, e.At
	case e.Finished != nil:
		r.finish(e.At, e.Finished.Trouble)
	case e.Settled != nil:
		r.run.Where = *e.Settled
	case e.PhaseBegan != nil:
		r.run.Phases = append(r.run.Phases, Phase{Name: *e.PhaseBegan, Started: e.At})
	case e.PhaseEnded != nil:
		r.endPhase(*e.PhaseEnded, e.At)
	case e.PhaseGivenUp != nil:
		r.endPhase(*e.PhaseGivenUp, e.At)
	case e.SubjectBegan != nil:
		r.beginSubject(*e.SubjectBegan, e.At)
	case e.SubjectEnded != nil:
		r.endSubject(*e.SubjectEnded, e.At)
	case e.StepBegan != nil:
		r.step(*e.StepBegan, e.At)
	case e.StepEnded != nil:
		r.step(*e.StepEnded, e.At)
	case e.Tabled != nil:
		r.table(*e.Tabled)
	}
}

func (r *Recorder) finish(at time.Time, trouble error) {
	r.run.Ended = at
	if trouble != nil {
		r.run.Trouble = trouble.Error()
	}
	for i := range r.run.Phases {
		if r.run.Phases[i].Ended.IsZero() {
			r.run.Phases[i].Ended = at
		}
	}
	for i := range r.run.Subjects {
		if r.run.Subjects[i].Ended.IsZero() {
			r.run.Subjects[i].Ended = at
		}
	}
}

// endPhase ends the last one of that name that is under way.
func (r *Recorder) endPhase(name string, at time.Time) {
	for i, phase := range slices.Backward(r.run.Phases) {
		if phase.Name == name && phase.Ended.IsZero() {
			r.run.Phases[i].Ended = at
			return
		}
	}
}

func (r *Recorder) beginSubject(e SubjectBegan, at time.Time) {
	if r.index == nil {
		r.index = map[SubjectID]int{}
	}
	subject := e.Subject
	subject.Started, subject.Verdict = at, Undecided
	if subject.Steps == nil {
		subject.Steps = []Step{}
	}
	r.index[e.ID] = len(r.run.Subjects)
	r.run.Subjects = append(r.run.Subjects, subject)
}

func (r *Recorder) endSubject(e SubjectEnded, at time.Time) {
	i, known := r.index[e.ID]
	if !known {
		return
	}
	subject := &r.run.Subjects[i]
	subject.Ended = at
	subject.Reason = e.Subject.Reason
	subject.Findings = append(subject.Findings, e.Subject.Findings...)
	subject.Revisions = e.Subject.Revisions
	subject.Evidence = e.Subject.Evidence
	subject.Verdict = e.Subject.Verdict
	if subject.Verdict == "" {
		subject.Verdict = verdictOfSteps(*subject)
	}
}

// step puts a step in the place of its number.
func (r *Recorder) step(e StepEvent, at time.Time) {
	i, known := r.index[e.Subject]
	if !known {
		return
	}
	step := e.Step
	if step.Verdict == "" {
		step.Verdict = Undecided
	}
	if step.Started.IsZero() {
		step.Started = at
	}
	steps := r.run.Subjects[i].Steps
	place := slices.IndexFunc(steps, func(s Step) bool { return s.Number == step.Number })
	if place < 0 {
		steps = append(steps, step)
		slices.SortStableFunc(steps, func(a, b Step) int { return a.Number - b.Number })
	} else {
		if e.Step.Started.IsZero() {
			step.Started = steps[place].Started
		}
		steps[place] = step
	}
	r.run.Subjects[i].Steps = steps
}

// verdictOfSteps is failed if anything failed, undecided if nothing did and something could not be done, and passed if
// anything was seen to be right.
func verdictOfSteps(s Subject) Verdict {
	seen := map[Verdict]bool{}
	for i := range s.Steps {
		seen[s.Steps[i].Verdict] = true
	}
	switch {
	case hasErrors(s.Findings) || seen[Failed]:
		return Failed
	case seen[Undecided] || seen[NotRun]:
		return Undecided
	case !seen[Passed] && seen[Skipped]:
		return Skipped
	default:
		return Passed
	}
}

func hasErrors(all []Finding) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.Severity == Error })
}

// verdictOf is that of the whole run: what was found counts more than what could not be found out.
func verdictOf(run Run) Verdict {
	seen := map[Verdict]bool{}
	for i := range run.Subjects {
		seen[run.Subjects[i].Verdict] = true
	}
	for i := range run.Tables {
		seen[run.Tables[i].Verdict()] = true
	}
	switch {
	case seen[Failed]:
		return Failed
	case run.Trouble != "" || seen[Undecided] || seen[NotRun] || run.Ended.IsZero():
		return Undecided
	case !seen[Passed] && seen[Skipped]:
		return Skipped
	default:
		return Passed
	}
}

// AllFindings are those of a subject, in the order of its steps, those of no step first.
func (s Subject) AllFindings() []Finding {
	all := slices.Clone(s.Findings)
	for i := range s.Steps {
		all = append(all, s.Steps[i].Findings...)
	}
	return all
}

// Name is the subject with what it belongs to, as headings and test reports have it.
func (s Subject) Name() string {
	if s.Group == "" {
		return s.Title
	}
	return strings.TrimSpace(s.Group) + ": " + s.Title
}

// Count counts verdicts of steps and severities of findings.
type Count struct {
	Steps    map[Verdict]int
	Findings map[Severity]int
	// NotCovered counts places of documents that were neither run nor compared.
	NotCovered int
}

// Count counts over all subjects.
func (r Run) Count() Count {
	c := Count{Steps: map[Verdict]int{}, Findings: map[Severity]int{}}
	for i := range r.Subjects {
		subject := &r.Subjects[i]
		c.NotCovered += len(subject.NotCovered)
		for k := range subject.Steps {
			c.Steps[subject.Steps[k].Verdict]++
		}
		for _, finding := range subject.AllFindings() {
			c.Findings[finding.Severity]++
		}
	}
	return c
}
