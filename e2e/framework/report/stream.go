package report

import (
	"sync"
	"time"
)

// Stream passes events on to everybody who listens, one at a time, with the time at which they were told. It may be
// used by several goroutines at once. The zero value has no listeners.
type Stream struct {
	mutex sync.Mutex
	now   func() time.Time
	sinks []Sink
}

// NewStream is a stream to these listeners. The clock is for tests; nil is the real one.
func NewStream(clock func() time.Time, sinks ...Sink) *Stream {
	return &Stream{now: clock, sinks: sinks}
}

func (s *Stream) tell(e Event) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if e.At.IsZero() {
		if s.now == nil {
			e.At = time.Now()
		} else {
			e.At = s.now()
		}
	}
	for _, sink := range s.sinks {
		sink.Hear(e)
	}
}

// Begin starts the run. The command is its words.
func (s *Stream) Begin(command ...string) { s.tell(Event{Began: &Began{Command: command}}) }

// Finish ends the run. Trouble is what kept it from finding something out, or nil.
func (s *Stream) Finish(trouble error) { s.tell(Event{Finished: &Finished{Trouble: trouble}}) }

// Settle says which cluster is worked on.
func (s *Stream) Settle(where Where) { s.tell(Event{Settled: &where}) }

// Listen adds a listener, which hears what is told from then on.
func (s *Stream) Listen(sink Sink) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.sinks = append(s.sinks, sink)
}

// Plan says that there will be so many subjects more.
func (s *Stream) Plan(subjects int) { s.tell(Event{Planned: &subjects}) }

// Doing tells what is being done or waited for, until something else is.
func (s *Stream) Doing(d Doing) { s.tell(Event{Doing: &d}) }

// Say tells whoever looks on a sentence that belongs to no phase and no subject.
func (s *Stream) Say(sentence string) { s.tell(Event{Said: &sentence}) }

// Phase begins a stretch of time with a name, and returns what ends it.
func (s *Stream) Phase(name string) (end func()) {
	s.tell(Event{PhaseBegan: &name})
	return sync.OnceFunc(func() { s.tell(Event{PhaseEnded: &name}) })
}

// PlanPhases says that there will be so many phases more; fewer, if it is below zero.
func (s *Stream) PlanPhases(more int) { s.tell(Event{PlannedPhases: &more}) }

// Try is a phase that does something, and that is given up if it cannot: the error is that of what it does.
func (s *Stream) Try(name string, do func() error) error {
	s.tell(Event{PhaseBegan: &name})
	if err := do(); err != nil {
		s.tell(Event{PhaseGivenUp: &name})
		return err
	}
	s.tell(Event{PhaseEnded: &name})
	return nil
}

// Table tells rows of what was done, expected and happened. Those told of one title, one by one or together, are one
// table.
func (s *Stream) Table(title string, rows ...Row) {
	s.tell(Event{Tabled: &Table{Title: title, Rows: rows}})
}

// BeginSubject announces a document or a path.
func (s *Stream) BeginSubject(id SubjectID, steps int, subject Subject) {
	s.tell(Event{SubjectBegan: &SubjectBegan{ID: id, Steps: steps, Subject: subject}})
}

// EndSubject completes it with verdict, reason, findings and revisions.
func (s *Stream) EndSubject(id SubjectID, subject Subject) {
	s.tell(Event{SubjectEnded: &SubjectEnded{ID: id, Subject: subject}})
}

// BeginStep announces a step.
func (s *Stream) BeginStep(id SubjectID, step Step) {
	s.tell(Event{StepBegan: &StepEvent{Subject: id, Step: step}})
}

// EndStep has all of a step.
func (s *Stream) EndStep(id SubjectID, step Step) {
	s.tell(Event{StepEnded: &StepEvent{Subject: id, Step: step}})
}
