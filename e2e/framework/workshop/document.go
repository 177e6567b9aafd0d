package workshop

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// Document is what a reader of a workshop document is told to do, in order.
type Document struct {
	Path  string `json:"path"`
	Title string `json:"title"`
	// Hints are those at the top of the document, for all of it. What they say of time limits, output and order is
	// already in the hints of each step that says nothing else.
	Hints      Hints        `json:"hints,omitzero"`
	Steps      []Step       `json:"steps"`
	NotCovered []NotCovered `json:"notCovered,omitempty"`

	source string
}

// Step is one thing that the reader types, with what the document shows of its output.
type Step struct {
	File string `json:"file"`
	// Line is where the command begins, counted from 1.
	Line int `json:"line"`
	// Heading is the path of the headings above, such as "Exercise 3 > Rolling back".
	Heading string `json:"heading"`
	// Command is the whole of it, continued lines and here-documents included, without prompts.
	Command string `json:"command"`
	// Span is where the command is in the file, from its first byte to its last, prompts of continued lines included.
	Span Span `json:"span"`
	// Expected is the fullest output that the document shows. Nil means that it shows none.
	Expected *Output `json:"expected,omitempty"`
	// Shortened are other outputs of the same run, with "..." for what they leave out.
	Shortened []Output `json:"shortened,omitempty"`
	// Repeats are the other blocks that show the command of this step again; it runs once.
	Repeats []Repeat `json:"repeats,omitempty"`
	// Unclosed says that a quote, a here-document or a loop of the command never ends.
	Unclosed bool `json:"unclosed,omitempty"`
	// Unfit is why the command cannot be run as it stands: it needs a person, or has a placeholder. Empty if it can.
	Unfit string `json:"unfit,omitempty"`
	Hints Hints  `json:"hints,omitzero"`

	// prompt is what stood before the command, if it says where that is typed.
	prompt string
	// prompted says that a transcript has shown it.
	prompted bool
}

// Span is a range of bytes in the file, the end excluded.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Output is what a document shows of a command's output, without empty lines before and after it.
type Output struct {
	Lines []Line `json:"lines"`
}

// Line is one line of an output, and where it is in the file: without what lists, quotes and indentation put before
// it, and without the end of the line.
type Line struct {
	Text   string `json:"text"`
	Number int    `json:"number"`
	Span   Span   `json:"span"`
}

// Repeat is a command as another block of the same step has it.
type Repeat struct {
	Line    int    `json:"line"`
	Command string `json:"command"`
	Span    Span   `json:"span"`
	// Differs says that the words are not those of the step: one of both is mistyped.
	Differs bool `json:"differs,omitempty"`
}

// NotCovered is a part of the document that looks like something to do or to see, but is neither run nor compared.
type NotCovered struct {
	Line int  `json:"line"`
	Kind Kind `json:"kind"`
	// Text is its first line.
	Text string `json:"text"`
}

// Kind says why a part of a document is not covered.
type Kind string

// The kinds of what is not covered.
const (
	KindOutput   Kind = "output without a command"
	KindInline   Kind = "command in a sentence"
	KindText     Kind = "text block"
	KindFile     Kind = "contents of a file"
	KindLanguage Kind = "another language"
	KindShell    Kind = "another shell"
	KindTag      Kind = "code in HTML"
	KindTab      Kind = "a tab beside the one that is followed"
)

// Error is a mistake in a document that its author has to correct before it can be run.
type Error struct {
	File    string
	Line    int
	Message string
}

// Error begins with the file and the line, as editors and terminals know them.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
}

// Text is the output as the document shows it, its lines joined.
func (o *Output) Text() string {
	texts := make([]string, len(o.Lines))
	for i, l := range o.Lines {
		texts[i] = l.Text
	}
	return strings.Join(texts, "\n")
}

// Load reads and parses a file.
func Load(path string) (*Document, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the document: %w", err)
	}
	return Parse(path, content)
}

// Parse finds the steps of a document. The error joins one [Error] for each mistake, in the order of their lines; the
// document is returned beside it with whatever could be understood.
func Parse(path string, content []byte) (*Document, error) {
	if !utf8.Valid(content) {
		line := 1 + strings.Count(string(content[:firstInvalid(content)]), "\n")
		return &Document{Path: path}, &Error{path, line, "is not UTF-8: save the document in that encoding"}
	}
	source := string(content)
	if err := excess(path, source); err != nil {
		return &Document{Path: path, source: source}, err
	}
	body, title := front(source)
	a := &assembler{doc: &Document{Path: path, Title: title, source: source}}
	a.read(markdown(source, body))
	slices.SortStableFunc(a.errs, func(x, y *Error) int { return cmp.Compare(x.Line, y.Line) })
	errs := make([]error, len(a.errs))
	for i, e := range a.errs {
		errs[i] = e
	}
	return a.doc, errors.Join(errs...)
}

func firstInvalid(content []byte) int {
	for i := 0; i < len(content); {
		r, size := utf8.DecodeRune(content[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return len(content)
}
