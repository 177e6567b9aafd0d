// Package trial plays a workshop document as its reader would, and holds what comes against what the document shows.
package trial

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"seatrial/e2e/framework/match"
	"seatrial/e2e/framework/shell"
	"seatrial/e2e/framework/workshop"
)

// Limits of a step that says nothing else.
const (
	// DefaultTimeout ends a command.
	DefaultTimeout = 5 * time.Minute
	// DefaultPatience is how long a command that only looks is repeated until it shows what the document shows.
	DefaultPatience = time.Minute

	notFound = 127 // bash's exit code for a command that is not there, and will not be

	firstPause = 200 * time.Millisecond // between two looks, doubled each time
	lastPause  = 2 * time.Second
)

// Shell runs commands one after the other, as [shell.Shell] does.
type Shell interface {
	Run(ctx context.Context, command string, limit time.Duration) (shell.Result, error)
}

// Player plays documents. Its zero value with a Shell is ready.
type Player struct {
	Shell Shell
	// Has are the words of what the cluster can do. Steps that require more are skipped.
	Has []string
	// Timeout and Patience replace the defaults if set.
	Timeout, Patience time.Duration
	// From is the number of the first step to run, counted from 1; those before are taken as done.
	From int
	// FailFast leaves out what comes after a step that has failed, besides what tears down.
	FailFast bool
	// Told hears of each step: before it runs, with a play that has no verdict, and after.
	Told func(Play)
}

// Verdict is how a step ended.
type Verdict string

// The verdicts.
const (
	Running Verdict = ""
	Passed  Verdict = "passed"
	Failed  Verdict = "failed"
	Skipped Verdict = "skipped"
	// NotRun: a step before it failed in a way that leaves no sense in going on, or somebody has ended it.
	NotRun Verdict = "not run"
)

// Play is one step and what became of it.
type Play struct {
	// Number counts from 1.
	Number  int
	Step    *workshop.Step
	Verdict Verdict
	// Reason says why the step was skipped or not run.
	Reason string
	// Note says what was typed otherwise than the document has it.
	Note string
	// Output is what came, of the last try.
	Output   string
	Exit     int
	Tries    int
	Took     time.Duration
	Findings []Finding
}

// Performance is a whole document, played.
type Performance struct {
	Document *workshop.Document
	Plays    []Play
}

// Failed tells whether the reader sees something else than the document promises.
func (p *Performance) Failed() bool {
	for i := range p.Plays {
		if p.Plays[i].Verdict == Failed || p.Plays[i].Verdict == NotRun {
			return true
		}
	}
	return false
}

// Findings are those of all steps, in the order of the document.
func (p *Performance) Findings() []Finding {
	var all []Finding
	for i := range p.Plays {
		all = append(all, p.Plays[i].Findings...)
	}
	return all
}

// Play runs the steps in the reader's order: what sets up, the document itself, and at last what tears down, which is
// also run when a step has failed. The error says that something could not be run at all; what was found is no error.
func (p *Player) Play(ctx context.Context, doc *workshop.Document) (*Performance, error) {
	s := &session{Player: p, memory: &match.Memory{}, unserved: map[string]int{}}
	performance := &Performance{Document: doc, Plays: make([]Play, len(doc.Steps))}
	for i := range doc.Steps {
		performance.Plays[i] = Play{Number: i + 1, Step: &doc.Steps[i]}
	}
	var err error
	for _, act := range []func(workshop.Hints) bool{isSetup, isPlain, isTeardown} {
		for i := range performance.Plays {
			play := &performance.Plays[i]
			if !act(play.Step.Hints) {
				continue
			}
			if stepErr := s.play(ctx, play); stepErr != nil {
				err = errors.Join(err, fmt.Errorf("%s:%d: %w", play.Step.File, play.Step.Line, stepErr))
			}
			if ctx.Err() != nil {
				return performance, err
			}
		}
	}
	return performance, err
}

func isSetup(h workshop.Hints) bool    { return h.Setup }
func isPlain(h workshop.Hints) bool    { return !h.Setup && !h.Teardown }
func isTeardown(h workshop.Hints) bool { return h.Teardown }

// session is one document being played.
type session struct {
	*Player

	memory *match.Memory
	stuck  string // why there is no sense in going on
	// unserved has the ports that steps would serve which were not run, with their lines.
	unserved map[string]int
}

func (s *session) play(ctx context.Context, play *Play) error {
	start := time.Now()
	s.tell(*play)
	defer func() {
		play.Took = time.Since(start)
		s.tell(*play)
	}()
	play.Verdict, play.Reason = s.omitted(play)
	if play.Verdict == Running {
		err := s.run(ctx, play)
		if err != nil && ctx.Err() != nil {
			// Nobody has waited for what it would have shown.
			play.Verdict, play.Reason, play.Findings = NotRun, context.Cause(ctx).Error(), nil
		}
		return err
	}
	if how, port := workshop.Lasts(play.Step.Command); how == workshop.Serves {
		s.unserved[port] = play.Step.Line
	}
	return nil
}

// omitted says why a step is not run, if it is not.
func (s *session) omitted(play *Play) (verdict Verdict, reason string) {
	step, hints := play.Step, play.Step.Hints
	switch missing := Missing(step, s.Has); {
	case hints.Skip != "":
		return Skipped, hints.Skip
	case len(missing) > 0:
		return Skipped, "this cluster has no " + strings.Join(missing, ", no ")
	case play.Number < s.From && isPlain(hints):
		return Skipped, fmt.Sprintf("the first step to run is %d", s.From)
	case s.stuck != "" && !hints.Teardown:
		return NotRun, s.stuck
	case step.Unfit != "":
		return Skipped, step.Unfit
	}
	if text := cmp.Or(s.unreachable(step.Command), s.ends(step.Command)); text != "" {
		return Skipped, text
	}
	return Running, ""
}

// Missing are the features that a step needs and that are not among those that a cluster has, by the words that the step
// uses. A step that does not say what it needs is known by its command, unless nothing is known of the cluster.
func Missing(step *workshop.Step, has []string) []string {
	requires := step.Hints.Requires
	if len(requires) == 0 && len(has) > 0 {
		requires = implied(step.Command)
	}
	return slices.DeleteFunc(slices.Clone(requires), func(word string) bool { return contains(has, word) })
}

// contains compares feature words as people write them: podNetwork and pod-network are one.
func contains(all []string, word string) bool {
	plain := func(text string) string { return strings.ToLower(strings.ReplaceAll(text, "-", "")) }
	for _, one := range all {
		if plain(one) == plain(word) {
			return true
		}
	}
	return false
}

// run tries the step until it shows what the document shows, if it may be repeated.
func (s *session) run(ctx context.Context, play *Play) error {
	step := play.Step
	if step.Unclosed {
		play.conclude([]Finding{problem(step, "the command never ends: a quote, a here-document or a loop is not closed")})
		s.stuck = stuckBy(play)
		return nil
	}
	deadline := time.Now().Add(s.patience(step.Hints))
	pause, moment := firstPause, firstMoment
	var text string
	text, play.Note = s.actual(ctx, step)
	for {
		play.Tries++
		result, err := s.Shell.Run(ctx, command(step, text, moment), s.limit(step.Hints))
		play.Output, play.Exit = result.Output, result.Exit
		if err != nil {
			play.conclude([]Finding{problem(step, err.Error())})
			return err
		}
		found := s.judge(step, result)
		if !failing(found) || !repeatable(step.Command) || result.Exit == notFound || time.Now().Add(pause).After(deadline) {
			s.explain(ctx, step, found)
			play.conclude(found)
			if play.Verdict == Failed && (s.FailFast || broke(step, result)) {
				s.stuck = stuckBy(play)
			}
			return nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			play.conclude(found)
			return context.Cause(ctx)
		case <-timer.C:
		}
		pause, moment = min(2*pause, lastPause), 2*moment
	}
}

// repeatable says that a command may be run again until it shows what the document shows.
func repeatable(text string) bool {
	return match.ReadOnly(workshop.Watched(text)) || looks(text)
}

func stuckBy(play *Play) string {
	return fmt.Sprintf("the step of line %d failed", play.Step.Line)
}

// command is what bash gets for the text of a step.
func command(step *workshop.Step, text string, moment time.Duration) string {
	if step.Hints.Background {
		return "{\n" + text + "\n} >/dev/null 2>&1 </dev/null &"
	}
	return lasting(workshop.Watched(text), moment)
}

func (s *session) limit(h workshop.Hints) time.Duration {
	switch {
	case h.Timeout > 0:
		return h.Timeout
	case s.Timeout > 0:
		return s.Timeout
	default:
		return DefaultTimeout
	}
}

func (s *session) patience(h workshop.Hints) time.Duration {
	switch {
	case h.Timeout > 0:
		return h.Timeout
	case s.Patience > 0:
		return s.Patience
	default:
		return DefaultPatience
	}
}

func (s *session) tell(play Play) {
	if s.Told != nil {
		s.Told(play)
	}
}

func (p *Play) conclude(found []Finding) {
	p.Findings, p.Verdict = found, Passed
	if failing(found) {
		p.Verdict = Failed
	}
}
