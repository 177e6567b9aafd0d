// Package report turns the events of a run into what people and machines read: a summary for a terminal, JUnit, JSON
// with a schema, annotations and a summary for GitHub, and a page.
//
// A command tells what happens as a stream of [Event]s. A [Recorder] folds them into a [Run], and each kind of report
// is a function of a run: nothing is asked of a cluster or a clock any more.
//
// What has no steps, but rows of what was done, what had to happen and what did, is told with [Stream.Table]: a [Table]
// stands in every report, and a [Row] that does not hold fails the run.
package report

import "time"

// Version names the shape of the JSON report. It changes when a reader of the last one would be misled.
const Version = "seatrial.dev/report/v1"

// Verdict is how a step, a subject or a run ended.
type Verdict string

// The verdicts. Undecided is what has not ended, or could not be found out.
const (
	Undecided Verdict = "undecided"
	Passed    Verdict = "passed"
	Failed    Verdict = "failed"
	Skipped   Verdict = "skipped"
	NotRun    Verdict = "not run"
)

// Verdicts are all there are, in the order in which a summary counts them.
func Verdicts() []Verdict { return []Verdict{Passed, Failed, Skipped, NotRun, Undecided} }

// Severity says what a finding means for the verdict.
type Severity string

// The severities. Only an error fails what it was found in; a note is only told.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Run is everything that happened from the start of a command to its end.
type Run struct {
	// Version is that of this shape.
	Version string `json:"version" jsonschema:"enum=seatrial.dev/report/v1"`
	// Command is what was run, as its words. What looks like a secret is left out of it.
	Command []string  `json:"command"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`
	Verdict Verdict   `json:"verdict"   jsonschema:"enum=undecided,enum=passed,enum=failed,enum=skipped,enum=not run"`
	// Trouble is why something could not be found out.
	Trouble string `json:"trouble,omitempty"`
	Where   Where  `json:"where"`
	// Phases are what took time besides the steps, such as bringing up a cluster.
	Phases   []Phase   `json:"phases,omitempty"`
	Subjects []Subject `json:"subjects"`
	// Tables are lists of what was done, expected and happened.
	Tables []Table `json:"tables,omitempty"`
}

// Where is the cluster that it happened on.
type Where struct {
	Provider   string `json:"provider,omitempty"`
	Cluster    string `json:"cluster,omitempty"`
	Kubernetes string `json:"kubernetes,omitempty"`
	// Why says why this provider was taken, if nobody asked for it.
	Why string `json:"why,omitempty"`
}

// Phase is a stretch of time with a name. One that has not ended has no end.
type Phase struct {
	Name    string    `json:"name"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`
}
