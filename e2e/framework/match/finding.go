package match

import (
	"fmt"
	"strings"
)

// Severity tells whether a finding means that the reader sees something else.
type Severity int

const (
	// Error is what the reader sees otherwise than it was promised.
	Error Severity = iota
	// Warning is what the document has wrong or out of date without misleading its reader.
	Warning
)

// String is the severity in a word.
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Kind is the kind of a finding.
type Kind string

const (
	// Cell is a cell of a table, the value of a key, or a field of JSON or YAML.
	Cell Kind = "cell"
	// MissingRow is a row that the document shows and the cluster does not.
	MissingRow Kind = "missing row"
	// SurplusRow is a row that the cluster shows and the document does not.
	SurplusRow Kind = "surplus row"
	// MissingTable is a whole table that did not come.
	MissingTable Kind = "missing table"
	// SurplusTable is a whole table that the document does not show.
	SurplusTable Kind = "surplus table"
	// Column is a column that only one side has.
	Column Kind = "column"
	// Text is a line that differs.
	Text Kind = "text"
	// MissingLine is a line of text that did not come.
	MissingLine Kind = "missing line"
	// SurplusLine is a line of text that the document does not show.
	SurplusLine Kind = "surplus line"
	// Identity is one object that became another, or two that turned out to be one.
	Identity Kind = "identity"
	// Document is what the document has wrong by itself.
	Document Kind = "document"
)

// Finding is one thing that is not as the document says.
type Finding struct {
	// Line counts from 0 within what was expected. It is -1 if no line is to blame.
	Line int
	// Row is the object, the revision or the key; Column the title of the cell.
	Row, Column string
	// Expected is what the document says, Actual what came.
	Expected, Actual string
	Kind             Kind
	Severity         Severity
	// Note says why.
	Note string

	// came is the whole line that came, for Merge.
	came string
}

// String is the finding on one line.
func (f Finding) String() string {
	parts := []string{}
	if f.Row != "" {
		parts = append(parts, "row "+f.Row)
	}
	if f.Column != "" {
		parts = append(parts, f.Column)
	}
	parts = append(parts, f.verdict())
	text := strings.Join(parts, ": ")
	if f.Note != "" && f.Note != f.verdict() {
		text += " (" + f.Note + ")"
	}
	return text
}

func (f Finding) verdict() string {
	switch f.Kind {
	case MissingRow, MissingTable, MissingLine:
		return f.subject(f.Expected) + "document shows it, cluster does not"
	case SurplusRow, SurplusTable, SurplusLine:
		return f.subject(f.Actual) + "cluster shows it, document does not"
	case Column:
		if f.Actual == "" {
			return "document has this column, cluster has not"
		}
		return "cluster has this column, document has not"
	case Document:
		return f.Note
	case Text:
		if f.Expected == "" && f.Actual == "" {
			return f.Note
		}
		return fmt.Sprintf("document says %q, cluster says %q", f.Expected, f.Actual)
	case Cell, Identity:
		return "document says " + shown(f.Expected) + ", cluster says " + shown(f.Actual)
	default:
		return string(f.Kind)
	}
}

// subject names what is missing or too much, unless the row said it already.
func (f Finding) subject(value string) string {
	switch f.Kind {
	case MissingTable, SurplusTable:
		return "table " + value + ": "
	case MissingLine, SurplusLine:
		return fmt.Sprintf("%q: ", value)
	default:
		return ""
	}
}

func shown(value string) string {
	if value == "" {
		return "nothing"
	}
	return value
}
