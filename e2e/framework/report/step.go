package report

import "time"

// Step is a command of a document, or an operation of a path.
type Step struct {
	// Number counts from 1 within the subject.
	Number  int    `json:"number"`
	Name    string `json:"name"`
	Heading string `json:"heading,omitempty"`
	Line    int    `json:"line,omitempty"`
	// Command is the whole command as a person would type it.
	Command string    `json:"command,omitempty"`
	Verdict Verdict   `json:"verdict" jsonschema:"enum=undecided,enum=passed,enum=failed,enum=skipped,enum=not run"`
	Reason  string    `json:"reason,omitempty"`
	Started time.Time `json:"started"`
	// Seconds is how long it took.
	Seconds float64 `json:"seconds"`
	// Tries counts how often a command that only looks was run.
	Tries int `json:"tries,omitempty"`
	Exit  int `json:"exit,omitempty"`
	// Expected is what the document shows, Output what came.
	Expected string    `json:"expected,omitempty"`
	Output   string    `json:"output,omitempty"`
	Findings []Finding `json:"findings,omitempty"`
	// Attachments are logs and events.
	Attachments []Attachment `json:"attachments,omitempty"`
}

// Finding is one thing that is not as it was promised.
type Finding struct {
	Severity Severity `json:"severity" jsonschema:"enum=error,enum=warning,enum=note"`
	// Word is the stable name of a fault of a chart, such as list-element-left.
	Word string `json:"word,omitempty"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	// Object and Field say what it is about: a row and its column, or a Kubernetes object and its field.
	Object string `json:"object,omitempty"`
	Field  string `json:"field,omitempty"`
	// Expected is what was promised, Actual what is there.
	Expected string `json:"expected,omitempty"`
	Actual   string `json:"actual,omitempty"`
	// Text is the finding as one sentence, complete without the fields above.
	Text string `json:"text"`
	// Why says why it matters.
	Why string `json:"why,omitempty"`
	// Remedy is what to do about it.
	Remedy string `json:"remedy,omitempty"`
}

// Attachment is a text that explains something, and is too long to be read without being asked for.
type Attachment struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}
