package trial

import (
	"fmt"
	"regexp"
	"strings"

	"seatrial/e2e/framework/match"
	"seatrial/e2e/framework/shell"
	"seatrial/e2e/framework/workshop"
)

// Finding is one thing that is not as the document says, with its place in the file.
type Finding struct {
	File string
	// Line is that of the cell or of the text, else that of the command.
	Line    int
	Heading string
	Command string
	// Warning: the document has something wrong without misleading its reader.
	Warning bool
	Text    string
	// Row and Column say which cell it is, Expected what the document has there and Actual what came; all are empty
	// where it is about no cell and no line.
	Row, Column, Expected, Actual string

	pod string // the beginning of the names of the pods it is about, or of those of a workload
}

// String begins with file and line, as editors know them.
func (f Finding) String() string {
	word := "error"
	if f.Warning {
		word = "warning"
	}
	return fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, word, f.Text)
}

// problem is a finding about a command as a whole.
func problem(step *workshop.Step, text string) Finding {
	return Finding{File: step.File, Line: step.Line, Heading: step.Heading, Command: step.Command, Text: text}
}

func failing(all []Finding) bool {
	for i := range all {
		if !all[i].Warning {
			return true
		}
	}
	return false
}

// judge holds a result against the step.
func (s *session) judge(step *workshop.Step, result shell.Result) []Finding {
	if result.TimedOut {
		text := fmt.Sprintf("the command did not end within %s", s.limit(step.Hints))
		if last := lastLine(result.Output); last != "" {
			text += fmt.Sprintf("; it last printed %q", last)
		}
		return []Finding{problem(step, text)}
	}
	var found []Finding
	if !step.Hints.Background {
		found = s.compare(step, result)
	}
	if text := exit(step, result, failing(found)); text != "" {
		// The exit code comes first: with a failed command, the output is mostly its message.
		found = append([]Finding{problem(step, text)}, found...)
	}
	return found
}

// compare looks at the output.
func (s *session) compare(step *workshop.Step, result shell.Result) []Finding {
	if step.Expected == nil || step.Hints.Output == workshop.OutputIgnore {
		return nil
	}
	typed := workshop.Watched(step.Command)
	expected := &workshop.Output{Lines: settled(step.Command, step.Expected.Lines)}
	contains := step.Hints.Output == workshop.OutputContains || looks(step.Command)
	all := match.Compare(expected.Text(), printed(step.Command, result.Output), match.Options{
		Command: typed, AnyOrder: step.Hints.AnyOrder, Exact: step.Hints.Output == workshop.OutputExact, Memory: s.memory,
	})
	var found []Finding
	for _, one := range all {
		if contains && surplus(one.Kind) {
			continue
		}
		found = append(found, place(step, expected, one))
	}
	return found
}

// printed is what came, without what a watch has told before of the same objects.
func printed(command, output string) string {
	if !looks(command) {
		return output
	}
	var lines []workshop.Line
	for text := range strings.SplitSeq(output, "\n") {
		lines = append(lines, workshop.Line{Text: text})
	}
	kept := workshop.Output{Lines: settled(command, lines)}
	return kept.Text()
}

func surplus(kind match.Kind) bool {
	return kind == match.SurplusRow || kind == match.SurplusTable || kind == match.SurplusLine
}

// place finds the line of the file that a finding is about.
func place(step *workshop.Step, shown *workshop.Output, one match.Finding) Finding {
	f := problem(step, one.String())
	f.Warning, f.pod = one.Severity == match.Warning, podOf(one)
	f.Row, f.Column, f.Expected, f.Actual = one.Row, one.Column, one.Expected, one.Actual
	if one.Line >= 0 && shown != nil && one.Line < len(shown.Lines) {
		f.Line = shown.Lines[one.Line].Number
	}
	return f
}

// errorLine is how commands begin a message of theirs.
var errorLine = regexp.MustCompile(`(?mi)^(error|fatal|usage)\b`)

// exit says what is wrong with the exit code. A document that shows the message of a command that fails means it.
func exit(step *workshop.Step, result shell.Result, otherwise bool) string {
	want, asked := step.Hints.Exit, ""
	if result.Asks {
		asked = "; it asks for input, and nobody is there to answer"
	}
	switch {
	case result.Exit == want:
		return ""
	case want != 0:
		return fmt.Sprintf("the command ended with exit code %d instead of %d%s", result.Exit, want, asked)
	case step.Expected != nil && !otherwise && errorLine.MatchString(step.Expected.Text()):
		return ""
	}
	text := fmt.Sprintf("the command failed with exit code %d%s", result.Exit, asked)
	if last := lastLine(result.Output); last != "" {
		text += ": " + last
	}
	return text
}

// broke tells whether a failed step leaves a world in which the following ones cannot be right.
func broke(step *workshop.Step, result shell.Result) bool {
	return !repeatable(step.Command) && (result.TimedOut || result.Exit != step.Hints.Exit)
}

func lastLine(output string) string {
	output = strings.TrimSpace(output)
	return strings.TrimSpace(output[strings.LastIndex(output, "\n")+1:])
}
