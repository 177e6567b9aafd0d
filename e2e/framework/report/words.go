package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Title is the step as a list has it: its number, its line and the first line of what was done.
func (s Step) Title() string {
	what := FirstLine(cmp.Or(s.Name, s.Command))
	if s.Line > 0 {
		what = fmt.Sprintf("line %d: %s", s.Line, what)
	}
	if s.Number > 0 {
		what = fmt.Sprintf("%d. %s", s.Number, what)
	}
	return what
}

// Place is where the finding is, as editors and terminals know it; empty if it is in no file.
func (f Finding) Place() string {
	if f.File == "" || f.Line == 0 {
		return f.File
	}
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}

// OneLine is the finding on one line that begins with its place.
func (f Finding) OneLine() string {
	place, word := f.opening()
	return place + word + ": " + f.Text
}

// opening is what a finding begins with: its place, with what parts it from the rest, and its weight with its name.
func (f Finding) opening() (place, word string) {
	if place = f.Place(); place != "" {
		place += ": "
	}
	word = string(f.Severity)
	if f.Word != "" {
		word += " " + f.Word
	}
	return place, word
}

// restated tells whether the sentence says nothing but what the fields say, which stand below it.
func (f Finding) restated(kind SubjectKind) bool {
	ofObject := f.Object != "" || kind == Path // What is found on a path without an object is about the release.
	ends := strings.HasSuffix(f.Text, f.Actual) || strings.HasSuffix(strings.TrimRight(f.Text, `"`), f.Actual)
	if ofObject && f.Expected != "" && strings.Contains(f.Text, f.Expected) && f.Actual != "" && ends {
		return true
	}
	if f.Expected == "" && f.Actual == "" {
		return false
	}
	promised, seen := kind.Sides()
	for _, both := range []string{
		fmt.Sprintf("%s %q, %s %q", promised, f.Expected, seen, f.Actual),
		fmt.Sprintf("%s %s, %s %s", promised, cmp.Or(f.Expected, nothing), seen, cmp.Or(f.Actual, nothing)),
	} {
		if f.Text == both || f.Object != "" && strings.HasSuffix(f.Text, ": "+both) {
			return true
		}
	}
	return false
}

// withoutValue is the sentence without the line that it begins with, if that is one of the fields.
func (f Finding) withoutValue() string {
	for _, value := range []string{f.Expected, f.Actual} {
		if rest, found := strings.CutPrefix(f.Text, fmt.Sprintf("%q: ", value)); found && value != "" {
			return rest
		}
	}
	return f.Text
}

// nothing stands for a side that has no value.
const nothing = "nothing"

// FirstLine is the first line of a text, with a mark if there are more.
func FirstLine(text string) string {
	line, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if more {
		return strings.TrimSpace(strings.TrimSuffix(line, "\\")) + " …"
	}
	return line
}

// Sentence is the verdict with what it was reached by: "FAILED: 3 of 4 steps passed, 1 failed, 2 errors".
func (r Run) Sentence() string {
	count := r.Count()
	total := 0
	for _, verdict := range Verdicts() {
		total += count.Steps[verdict]
	}
	held, rows := r.rows()
	var parts []string
	if total > 0 || rows == 0 {
		parts = append(parts, r.promise(count.Steps[Passed], total))
	}
	if rows > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d rows hold", held, rows))
	}
	for _, verdict := range Verdicts() {
		if n := count.Steps[verdict]; n > 0 && verdict != Passed {
			parts = append(parts, fmt.Sprintf("%d %s", n, verdict))
		}
	}
	for _, severity := range []Severity{Error, Warning, Note} {
		if n := count.Findings[severity]; n > 0 {
			parts = append(parts, plural(n, string(severity)))
		}
	}
	if count.NotCovered > 0 {
		parts = append(parts, plural(count.NotCovered, "place")+" not covered")
	}
	return strings.ToUpper(string(r.Verdict)) + ": " + strings.Join(parts, ", ")
}

// promise counts what was kept, in the words of what was tried if that is of one kind.
func (r Run) promise(kept, all int) string {
	kinds := map[SubjectKind]string{Document: "steps show what the document shows", Story: "promises kept"}
	words := "steps passed"
	if len(r.Subjects) > 0 {
		first := r.Subjects[0].Kind
		if special := kinds[first]; special != "" && !slices.ContainsFunc(r.Subjects, func(s Subject) bool { return s.Kind != first }) {
			words = special
		}
	}
	return fmt.Sprintf("%d of %d %s", kept, all, words)
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
