// Package outcome is a table of what was done, what was expected and what happened, for everything that is tried many times
// over: a crash at each point, each fault of a cluster, each bad input.
package outcome

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"text/tabwriter"

	"seatrial/e2e/framework/jsondoc"
	"seatrial/e2e/framework/wholefile"
)

// Row is one thing that was tried.
type Row struct {
	// Done is what was done: "upgrade, killed before write 3 of 6 (change services/guestbook)".
	Done string `json:"done"`
	// Expected is what should have happened.
	Expected string `json:"expected"`
	// Happened is what did.
	Happened string `json:"happened"`
	// Held tells whether that is what was expected.
	Held bool `json:"held"`
}

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

// Headings are those of the columns, in the order of [Row.Cells].
func Headings() []string { return []string{"", "WHAT WAS DONE", "WHAT WAS EXPECTED", "WHAT HAPPENED"} }

// Cells are the row's, each on one line.
func (r Row) Cells() []string {
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
	for _, cells := range append([][]string{Headings()}, cellsOf(t.Rows())...) {
		fmt.Fprintln(columns, strings.Join(cells, "\t"))
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
		all = append(all, r.Cells())
	}
	return all
}

// String is what Show writes.
func (t *Table) String() string {
	var text strings.Builder
	_ = t.Show(&text) // A builder takes everything.
	return text.String()
}

// document is a table as JSON.
type document struct {
	Title string `json:"title"`
	Rows  []Row  `json:"rows"`
}

// JSON is the table for programs.
func (t *Table) JSON() ([]byte, error) {
	rows := t.Rows()
	if rows == nil {
		rows = []Row{}
	}
	data, err := jsondoc.Write(document{Title: t.title, Rows: rows})
	if err != nil {
		return nil, fmt.Errorf("writing the table of %s: %w", t.title, err)
	}
	return data, nil
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
