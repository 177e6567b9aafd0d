// Package outcome is a table of what was done, what was expected and what happened, for everything that is tried many times
// over: a crash at each point, each fault of a cluster, each bad input.
package outcome

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"text/tabwriter"

	"seatrial/e2e/framework/jsondoc"
	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/wholefile"
)

// Row is one thing that was tried: a row of a table in a report.
type Row = report.Row

// Table is what was tried of one sort. Rows may be added by several goroutines at a time. Make one with [New].
type Table struct {
	name, title string

	mu   sync.Mutex
	rows []Row
}

// New returns a table without rows. The name is that of its files, such as "crash-points"; the title is for people.
func New(name, title string) *Table { return &Table{name: name, title: title} }

// Name is that of the table's files.
func (t *Table) Name() string { return t.name }

// Title says what was tried.
func (t *Table) Title() string { return t.title }

// Add adds rows at the end.
func (t *Table) Add(rows ...Row) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows = append(t.rows, rows...)
}

// Rows are all, in the order in which they were added.
func (t *Table) Rows() []Row {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Row(nil), t.rows...)
}

// Broken are the rows that did not hold.
func (t *Table) Broken() []Row {
	var broken []Row
	for _, r := range t.Rows() {
		if !r.Held {
			broken = append(broken, r)
		}
	}
	return broken
}

// Sentence counts: "crash points: 46 of 46 held".
func (t *Table) Sentence() string {
	all := t.Rows()
	return fmt.Sprintf("%s: %d of %d held", t.title, len(all)-len(t.Broken()), len(all))
}

// cells are a row's, each on one line.
func cells(r Row) []string {
	verdict := "held"
	if !r.Held {
		verdict = "BROKEN"
	}
	return []string{verdict, oneLine(r.Done), oneLine(r.Expected), oneLine(r.Happened)}
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// Show writes the table for a terminal, with the count as its last line.
func (t *Table) Show(out io.Writer) error {
	fmt.Fprintf(out, "%s\n\n", t.title)
	columns := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, line := range append([][]string{{"", "WHAT WAS DONE", "WHAT WAS EXPECTED", "WHAT HAPPENED"}}, cellsOf(t.Rows())...) {
		fmt.Fprintln(columns, strings.Join(line, "\t"))
	}
	if err := columns.Flush(); err != nil {
		return fmt.Errorf("writing the table of %s: %w", t.title, err)
	}
	_, err := fmt.Fprintf(out, "\n%s\n", t.Sentence())
	return err
}

func cellsOf(rows []Row) [][]string {
	all := make([][]string, 0, len(rows))
	for _, r := range rows {
		all = append(all, cells(r))
	}
	return all
}

// String is what Show writes.
func (t *Table) String() string {
	var text strings.Builder
	_ = t.Show(&text) // A builder takes everything.
	return text.String()
}

// Report is the table as reports have it.
func (t *Table) Report() report.Table { return report.Table{Title: t.title, Rows: t.Rows()} }

// JSON is the table for programs.
func (t *Table) JSON() ([]byte, error) {
	table := t.Report()
	if table.Rows == nil {
		table.Rows = []Row{}
	}
	data, err := jsondoc.Write(table)
	if err != nil {
		return nil, fmt.Errorf("writing the table of %s: %w", t.title, err)
	}
	return data, nil
}

// Read reads all tables that were written into a folder, in the order of their names. A folder that is not there has none.
func Read(dir string) ([]report.Table, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("reading the tables in %q: %w", dir, err)
	}
	var all []report.Table
	for _, file := range files {
		var one report.Table
		data, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(data, &one)
		}
		if err != nil {
			return nil, fmt.Errorf("reading the table %q: %w", file, err)
		}
		all = append(all, one)
	}
	return all, nil
}

// Write writes the table into a folder, as NAME.txt and NAME.json. The folder is made if it is not there.
func (t *Table) Write(dir string) error {
	data, err := t.JSON()
	if err != nil {
		return err
	}
	const folder, file = 0o750, 0o600
	err = os.MkdirAll(dir, folder)
	if err == nil {
		err = errors.Join(
			wholefile.Replace(filepath.Join(dir, t.name+".json"), data, file),
			wholefile.Replace(filepath.Join(dir, t.name+".txt"), []byte(t.String()), file))
	}
	if err != nil {
		return fmt.Errorf("writing the table of %s: %w", t.title, err)
	}
	return nil
}
