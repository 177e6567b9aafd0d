package report

import "time"

// SubjectKind says what kind of promise a subject is.
type SubjectKind string

// The kinds of subjects.
const (
	// Document is a workshop document; its steps are commands.
	Document SubjectKind = "document"
	// Path is a way through the revisions of a chart; its steps are operations.
	Path SubjectKind = "path"
	// Story is the workshop told by "seatrial demo"; its steps are promises.
	Story SubjectKind = "story"
)

// Sides are how the two sides of a finding in such a subject are called: what was promised, and what was seen.
func (k SubjectKind) Sides() (expected, actual string) {
	if k == Document {
		return "document says", "cluster says"
	}
	return "promised", "seen"
}

// Subject is one thing that was tried: a document, or a path of a chart.
type Subject struct {
	Kind SubjectKind `json:"kind" jsonschema:"enum=document,enum=path,enum=story"`
	// Group is what it belongs to, such as a scenario's course or a chart.
	Group string `json:"group,omitempty"`
	Title string `json:"title"`
	// File is the document or the chart's folder.
	File    string    `json:"file,omitempty"`
	Verdict Verdict   `json:"verdict" jsonschema:"enum=undecided,enum=passed,enum=failed,enum=skipped,enum=not run"`
	Reason  string    `json:"reason,omitempty"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`
	Steps   []Step    `json:"steps"`
	// Findings are those of no step in particular.
	Findings []Finding `json:"findings,omitempty"`
	// Revisions are those of the release, for a path.
	Revisions []Revision `json:"revisions,omitempty"`
	// Evidence is the folder with what was kept of it.
	Evidence string `json:"evidence,omitempty"`
	// Prose is the document between the steps, for the page.
	Prose []Prose `json:"prose,omitempty"`
	// NotCovered are places of the document that were neither run nor compared.
	NotCovered []Place `json:"notCovered,omitempty"`
}

// Prose is a stretch of a document as HTML, or one of its steps.
type Prose struct {
	// HTML is safe to be shown: what the document has of HTML is not in it.
	HTML string `json:"html,omitempty"`
	// Step is the number of the step that stands here, or 0.
	Step int `json:"step,omitempty"`
}

// Place is a line of a document with what stands there.
type Place struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}
