package report

import "time"

// Event is one thing that happened. Exactly one of its pointers is set, besides the time.
type Event struct {
	At time.Time

	// Began starts the run, and Finished ends it.
	Began    *Began
	Finished *Finished
	// Settled says which cluster it is.
	Settled *Where
	// PhaseBegan and PhaseEnded are stretches of time by name. They may overlap.
	PhaseBegan, PhaseEnded *string
	// PhaseGivenUp ends a phase that has not done what it was for.
	PhaseGivenUp *string
	// Planned adds to the number of subjects that there will be, and PlannedPhases to that of phases. They are told, not
	// kept.
	Planned, PlannedPhases *int
	// Doing says what is being done in a phase or a subject. It is told, not kept.
	Doing *Doing
	// Said is a sentence to whoever looks on. It is told, not kept.
	Said *string
	// SubjectBegan announces a document or a path, SubjectEnded completes it. Several may be under way at once.
	SubjectBegan *SubjectBegan
	SubjectEnded *SubjectEnded
	// StepBegan announces a step of a subject; StepEnded has all of it.
	StepBegan, StepEnded *StepEvent
	// Tabled adds rows to the table of that title.
	Tabled *Table
}

// Began is the start of a run, with the words of its command: they stand in every report, so no secret may be in them.
type Began struct{ Command []string }

// Finished is the end of a run. Trouble is what kept it from finding something out, or nil.
type Finished struct{ Trouble error }

// Doing is what is being done or waited for, in a phase by its name or in a subject.
type Doing struct {
	Phase   string
	Subject SubjectID
	What    string
	// Done is how many are done of at most so many, where that is known.
	Done, AtMost int
}

// SubjectID tells subjects apart that are under way at the same time. The teller chooses it; each begins once.
type SubjectID string

// SubjectBegan says what will be tried: all of it that is known before.
type SubjectBegan struct {
	ID SubjectID
	// Steps is how many there will be, or 0 if nobody knows.
	Steps   int
	Subject Subject
}

// SubjectEnded says how it ended: verdict, reason, findings and revisions are taken from the subject. A verdict of its
// own is only needed where the steps do not say it: when it was skipped, or could not be found out.
type SubjectEnded struct {
	ID      SubjectID
	Subject Subject
}

// StepEvent is a step of a subject.
type StepEvent struct {
	Subject SubjectID
	Step    Step
}

// Sink hears events. Calls never overlap.
type Sink interface {
	Hear(e Event)
}

// SinkFunc is a function that hears events.
type SinkFunc func(e Event)

// Hear calls the function.
func (f SinkFunc) Hear(e Event) { f(e) }
