package report

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"time"

	"seatrial/e2e/framework/typed"
)

// The elements and attributes that readers of JUnit files agree on: those of the schema junit-10.xsd of Jenkins' plugin
// xUnit. A place in a file has none: it begins the text of a failure.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string           `xml:"name,attr"`
		File       string           `xml:"file,attr,omitempty"`
		Tests      int              `xml:"tests,attr"`
		Failures   int              `xml:"failures,attr"`
		Errors     int              `xml:"errors,attr"`
		Skipped    int              `xml:"skipped,attr"`
		Time       string           `xml:"time,attr"`
		Timestamp  string           `xml:"timestamp,attr,omitempty"`
		Properties *junitProperties `xml:"properties,omitempty"`
		Cases      []junitCase      `xml:"testcase"`
	}
	junitProperties struct {
		All []junitProperty `xml:"property"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		ClassName string        `xml:"classname,attr"`
		Time      string        `xml:"time,attr"`
		Failure   *junitMessage `xml:"failure,omitempty"`
		Error     *junitMessage `xml:"error,omitempty"`
		Skipped   *junitSkipped `xml:"skipped,omitempty"`
		Output    string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr,omitempty"`
	}
)

// JUnit writes the run as a JUnit file: a suite for each subject, a case for each step. What a document has wrong in
// no step, and what could not be found out at all, are cases of their own, so that no reader misses them.
func JUnit(run Run) ([]byte, error) {
	all := junitSuites{Name: printable(typed.Line(run.Command)), Time: seconds(run.Ended.Sub(run.Started))}
	for i := range run.Subjects {
		all.add(suiteOf(run.Subjects[i], run.Where))
	}
	for i := range run.Tables {
		all.add(suiteOfTable(run.Tables[i], run.Started))
	}
	if run.Trouble != "" {
		all.add(suiteOfTrouble(run))
	}
	content, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the report as JUnit: %w", err)
	}
	return append([]byte(xml.Header), append(content, '\n')...), nil
}

func (all *junitSuites) add(s junitSuite) {
	for i := range s.Cases {
		s.Tests++
		switch {
		case s.Cases[i].Error != nil:
			s.Errors++
		case s.Cases[i].Failure != nil:
			s.Failures++
		case s.Cases[i].Skipped != nil:
			s.Skipped++
		}
	}
	all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
	all.Suites = append(all.Suites, s)
}

func suiteOf(s Subject, where Where) junitSuite {
	suite := junitSuite{Name: printable(s.Name()), File: printable(s.File), Time: seconds(s.Ended.Sub(s.Started)), Timestamp: s.Started.UTC().Format(time.RFC3339)}
	if where.Provider != "" {
		suite.Properties = &junitProperties{All: []junitProperty{{"provider", where.Provider}, {"kubernetes", where.Kubernetes}}}
	}
	if hasErrors(s.Findings) || len(s.Steps) == 0 {
		suite.Cases = append(suite.Cases, caseOfSubject(s))
	}
	for i := range s.Steps {
		suite.Cases = append(suite.Cases, caseOf(s, s.Steps[i]))
	}
	return suite
}

// caseOfSubject stands for what belongs to no step.
func caseOfSubject(s Subject) junitCase {
	whole := Step{Name: "as a whole", Verdict: s.Verdict, Reason: s.Reason, Findings: s.Findings}
	return caseOf(s, whole)
}

func caseOf(s Subject, step Step) junitCase {
	c := junitCase{Name: printable(step.Title()), ClassName: printable(s.Name()), Time: strconv.FormatFloat(step.Seconds, 'f', 3, 64), Output: printable(step.Output)}
	switch step.Verdict {
	case Passed:
	case Skipped, NotRun:
		c.Skipped = &junitSkipped{Message: printable(string(step.Verdict) + ": " + step.Reason)}
	case Undecided:
		c.Error = &junitMessage{Message: "could not be found out", Type: "undecided", Text: printable(step.Reason)}
	case Failed:
		c.Failure = failureOf(step, s.Kind)
	}
	return c
}

func failureOf(step Step, kind SubjectKind) *junitMessage {
	expected, actual := kind.Sides()
	var lines []string
	message, word := step.Reason, ""
	for i := range step.Findings {
		finding := step.Findings[i]
		lines = append(lines, finding.OneLine())
		for _, detail := range [][2]string{{expected, finding.Expected}, {actual, finding.Actual}, {"why", finding.Why}, {"remedy", finding.Remedy}} {
			if detail[1] != "" {
				lines = append(lines, "  "+detail[0]+": "+detail[1])
			}
		}
		if finding.Severity == Error && word == "" {
			message, word = finding.Text, finding.Word
		}
	}
	if step.Reason != "" {
		lines = append(lines, step.Reason)
	}
	if word == "" {
		word = "finding"
	}
	return &junitMessage{Message: printable(message), Type: word, Text: printable(strings.Join(lines, "\n"))}
}

// suiteOfTable has a case for each row.
func suiteOfTable(t Table, at time.Time) junitSuite {
	suite := junitSuite{Name: printable(t.Title), Time: seconds(0), Timestamp: at.UTC().Format(time.RFC3339)}
	for i := range t.Rows {
		row := &t.Rows[i]
		c := junitCase{Name: printable(fmt.Sprintf("%d. %s", i+1, FirstLine(row.Done))), ClassName: printable(t.Title), Time: seconds(0)}
		if row.Held {
			c.Output = printable(row.Happened)
		} else {
			text := "done: " + row.Done + "\nexpected: " + row.Expected + "\nhappened: " + row.Happened
			c.Failure = &junitMessage{Message: printable(row.Sentence()), Type: row.Word(), Text: printable(text)}
		}
		suite.Cases = append(suite.Cases, c)
	}
	return suite
}

func suiteOfTrouble(run Run) junitSuite {
	return junitSuite{Name: "seatrial", Time: seconds(0), Timestamp: run.Started.UTC().Format(time.RFC3339), Cases: []junitCase{{
		Name: "the run", ClassName: "seatrial", Time: seconds(0),
		Error: &junitMessage{Message: printable(run.Trouble), Type: "trouble", Text: printable(run.Trouble)},
	}}}
}

func seconds(d time.Duration) string { return strconv.FormatFloat(max(d, 0).Seconds(), 'f', 3, 64) }

// printable leaves out what only a terminal understands, and what XML 1.0 cannot say at all, section 2.2: encoding/xml would write U+FFFD, which looks like
// output of the command.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return r
		case r < 0x20, r == 0xFFFE, r == 0xFFFF, r >= 0xD800 && r <= 0xDFFF:
			return -1
		}
		return r
	}, Plain(text))
}
