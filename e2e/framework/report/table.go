package report

import (
	"slices"
	"strings"
)

// Table is a list of things that were done to find out whether something holds: an operation cut off at each of its
// points, each fault that a cluster can have, each input that may come.
type Table struct {
	Title string `json:"title"`
	Rows  []Row  `json:"rows"`
}

// Row is one thing that was done, with what had to happen and what did.
type Row struct {
	// Done names the row. Within a table no two are the same, or readers of test reports take them for one.
	Done     string `json:"done"`
	Expected string `json:"expected"`
	Happened string `json:"happened"`
	// Held says whether what happened is what was expected. One row that does not hold fails the run.
	Held bool `json:"held"`
}

// Held counts the rows that hold.
func (t Table) Held() int {
	n := 0
	for i := range t.Rows {
		if t.Rows[i].Held {
			n++
		}
	}
	return n
}

// Verdict is failed if any row does not hold, and undecided without rows: nothing was done.
func (t Table) Verdict() Verdict {
	switch {
	case len(t.Rows) == 0:
		return Undecided
	case t.Held() < len(t.Rows):
		return Failed
	default:
		return Passed
	}
}

// Word is how the row is called in every report.
func (r Row) Word() string {
	if r.Held {
		return "held"
	}
	return "broken"
}

// Sentence is the row in one sentence.
func (r Row) Sentence() string {
	if r.Held {
		return strings.TrimSpace(r.Done) + ": " + r.Happened
	}
	return strings.TrimSpace(r.Done) + ": expected " + r.Expected + ", happened " + r.Happened
}

// table adds rows to the table of that title.
func (r *Recorder) table(told Table) {
	at := slices.IndexFunc(r.run.Tables, func(t Table) bool { return t.Title == told.Title })
	if at < 0 {
		at = len(r.run.Tables)
		r.run.Tables = append(r.run.Tables, Table{Title: told.Title, Rows: []Row{}})
	}
	r.run.Tables[at].Rows = append(r.run.Tables[at].Rows, told.Rows...)
}

// rows counts those of all tables, and those that hold.
func (r Run) rows() (held, all int) {
	for i := range r.Tables {
		held += r.Tables[i].Held()
		all += len(r.Tables[i].Rows)
	}
	return held, all
}
