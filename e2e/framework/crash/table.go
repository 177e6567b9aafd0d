package crash

import (
	"encoding/json"
	"fmt"
	"strings"

	"seatrial/e2e/framework/outcome"
)

// wish is what is expected of a state of which nothing is known.
const wish = "a way back that works"

// Table is a row for each state, and expects a way back from each. The title is for people.
func (r Result) Table(title string) *outcome.Table {
	t := outcome.New(tableName, title)
	for _, s := range r.States() {
		t.Add(outcome.Row{Done: s.Point(), Expected: wish, Happened: s.Finding(), Held: len(s.Working()) > 0})
	}
	return t
}

// Brief is Table for those who read it at once: why a way back does not work is only said where none does.
func (r Result) Brief(title string) *outcome.Table {
	t := outcome.New(tableName, title)
	for _, s := range r.States() {
		row := outcome.Row{Done: s.Point(), Expected: wish, Happened: s.Finding(), Held: len(s.Working()) > 0}
		if row.Held {
			row.Happened = s.finding(func(r Recovery) string { return r.Name })
		}
		t.Add(row)
	}
	return t
}

// Against is a row for each state, and expects of each what was found before. What is only in one of the two breaks a row.
func (r Result) Against(known Result, title string) *outcome.Table {
	t := outcome.New(tableName, title)
	before := map[string]State{}
	for _, s := range known.States() {
		before[s.Point()] = s
	}
	for _, s := range r.States() {
		row := outcome.Row{Done: s.Point(), Expected: "nothing known", Happened: s.Finding()}
		if then, found := before[s.Point()]; found {
			row.Expected, row.Held = then.Finding(), then.Finding() == s.Finding()
			delete(before, s.Point())
		}
		t.Add(row)
	}
	for _, s := range known.States() {
		if _, missing := before[s.Point()]; missing {
			t.Add(outcome.Row{Done: s.Point(), Expected: s.Finding(), Happened: "no crash has come to this point"})
		}
	}
	return t
}

// tableName is that of the files of a table.
const tableName = "crash-points"

// Finding is the state that was left and the ways back, on one line.
func (s State) Finding() string {
	return s.finding(func(r Recovery) string {
		if r.Why != "" {
			return r.Name + " (" + r.Why + ")"
		}
		return r.Name
	})
}

// finding has each way back in some words.
func (s State) finding(words func(Recovery) string) string {
	by := map[Outcome][]string{}
	for _, r := range s.Recoveries {
		by[r.Outcome] = append(by[r.Outcome], words(r))
	}
	parts := []string{s.Left()}
	for _, o := range []Outcome{Works, Refused, Unproven} {
		if len(by[o]) > 0 {
			parts = append(parts, string(o)+": "+strings.Join(by[o], " | "))
		}
	}
	return strings.Join(parts, "; ")
}

// Parse reads a result that was written as JSON.
func Parse(data []byte) (Result, error) {
	var r Result
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("reading what crashes left: %w", err)
	}
	return r, nil
}
