package report_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/joshdk/go-junit"
	"github.com/mattn/go-runewidth"
	"github.com/onsi/gomega"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/paint"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file below testdata, or writes it.
func golden(t *testing.T, name string, content []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		//nolint:gosec // It is a file of the source tree.
		gomega.NewWithT(t).Expect(os.WriteFile(path, content, 0o644)).To(gomega.Succeed())
	}
	want, err := os.ReadFile(path)
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	gomega.NewWithT(t).Expect(string(content)).To(gomega.Equal(string(want)), "write it anew with go test . -update")
}

func TestTheSchemaIsCurrent(t *testing.T) {
	schema, err := report.Schema()
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	golden(t, "report.schema.json", schema)
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	g := gomega.NewWithT(t)
	content, err := report.Schema()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	compiler := jsonschema.NewCompiler()
	g.Expect(compiler.AddResource("report.json", document)).To(gomega.Succeed())
	compiled, err := compiler.Compile("report.json")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	return compiled
}

func TestTheJSONReportKeepsToItsSchema(t *testing.T) {
	g := gomega.NewWithT(t)
	for _, trouble := range []error{nil, errTrouble} {
		content, err := report.JSON(told(trouble))
		g.Expect(err).ToNot(gomega.HaveOccurred())
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(schema(t).Validate(value)).To(gomega.Succeed())
		again, err := report.ParseJSON(content)
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(again).To(gomega.Equal(told(trouble)))
	}
}

func TestAReportOfAnotherShapeIsRefused(t *testing.T) {
	for content, says := range map[string]string{
		`{"version":"seatrial.dev/report/v9"}`:              `its version is "seatrial.dev/report/v9"`,
		`{"version":"seatrial.dev/report/v1","stranger":1}`: `unknown field "stranger"`,
		`[]`: "cannot unmarshal",
		`{`:  "unexpected end",
	} {
		_, err := report.ParseJSON([]byte(content))
		gomega.NewWithT(t).Expect(err).To(gomega.MatchError(gomega.ContainSubstring(says)))
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(`{"version":"seatrial.dev/report/v9"}`))
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	gomega.NewWithT(t).Expect(schema(t).Validate(value)).ToNot(gomega.Succeed())
}

func TestTheJUnitReportSaysTheSameToItsReaders(t *testing.T) {
	g := gomega.NewWithT(t)
	content, err := report.JUnit(told(errTrouble))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	golden(t, "junit.xml", content)

	suites, err := junit.Ingest(content)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(suites).To(gomega.HaveLen(6), "one for each subject, one for each table, and one for the trouble")
	var failed []string
	for _, suite := range suites {
		for _, test := range suite.Tests {
			if test.Status == junit.StatusFailed {
				failed = append(failed, test.Name+": "+test.Message)
			}
		}
	}
	g.Expect(failed).To(gomega.Equal([]string{
		"2. line 38: helm history guestbook-demo: " + wrongCell.Text,
		"2. roll back to 1: a port of revision 2 is still there after the rollback | to 1",
		"2. the API server ends | between two hooks: the API server ends | between two hooks: expected the release is failed, happened it is pending-upgrade\nfor ever: guestbook-demo-7b9474579d-guestbook-demo-7b9474579d",
	}))
}

func TestAnyOutputCanStandInTheReports(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		output := rapid.StringOf(rapid.Rune()).Draw(t, "output")
		recorder := &report.Recorder{}
		stream := report.NewStream(clock(), recorder)
		stream.Begin(output)
		stream.BeginSubject("d", 1, report.Subject{Title: output, Kind: report.Document})
		stream.EndStep("d", report.Step{
			Number: 1, Name: output, Command: output, Verdict: report.Failed, Output: output,
			Findings: []report.Finding{{Severity: report.Error, Text: output, Expected: output, Actual: output}},
		})
		stream.EndSubject("d", report.Subject{})
		stream.Finish(nil)
		run := recorder.Run()
		content, err := report.JUnit(run)
		if err != nil {
			t.Fatal(err)
		}
		if suites, err := junit.Ingest(content); err != nil || len(suites) != 1 || suites[0].Totals.Failed != 1 {
			t.Fatalf("%v: %s", err, content)
		}
		if annotations := report.Annotations(run); strings.Count(annotations, "\n") != 1 {
			t.Fatalf("an annotation is one line: %q", annotations)
		}
		if summary := report.Markdown(run); strings.Count(summary, "\n| ") < 4 {
			t.Fatalf("the tables are broken: %q", summary)
		}
	})
}

func TestGitHubShowsEachFindingAtItsLine(t *testing.T) {
	golden(t, "annotations.txt", []byte(report.Annotations(told(errTrouble))))
	golden(t, "summary.md", []byte(report.Markdown(told(errTrouble))))
}

func TestATerminalShowsTheWrongCellAndTheVerdict(t *testing.T) {
	var out bytes.Buffer
	report.Summary(&out, told(errTrouble), report.Look{})
	golden(t, "terminal.txt", out.Bytes())
	for line := range strings.Lines(out.String()) {
		gomega.NewWithT(t).Expect(runewidth.StringWidth(strings.TrimRight(line, "\n"))).To(gomega.BeNumerically("<=", report.Width), line)
	}
}

func TestATerminalSaysNothingTwice(t *testing.T) {
	for name, c := range map[string]struct {
		finding report.Finding
		want    string
	}{
		"a line": {
			report.Finding{Text: `document says "Created web", cluster says "Creating web"`, Expected: "Created web", Actual: "Creating web"},
			"  a.md:7: error\n      document says   Created web\n      cluster says    Creating web\n",
		},
		"a line, and why": {
			report.Finding{Text: `document says "a", cluster says "b" (since today)`, Expected: "a", Actual: "b"},
			"  a.md:7: error\n    document says \"a\", cluster says \"b\" (since today)\n      document says   a\n      cluster says    b\n",
		},
		"a line that did not come": {
			report.Finding{Text: `"a \"b\"": document shows it, cluster does not`, Expected: `a "b"`},
			"  a.md:7: error\n    document shows it, cluster does not\n      document says   a \"b\"\n      cluster says    nothing\n",
		},
		"a value in quotes": {
			report.Finding{Text: `row tag: document says "1.26", cluster says "1.27"`, Object: "tag", Expected: `"1.26"`, Actual: `"1.27"`},
			"  a.md:7: error: tag\n      document says   \"1.26\"\n      cluster says    \"1.27\"\n",
		},
		"nothing": {
			report.Finding{Text: "row Endpoints: document says 10.0.0.1:80, cluster says nothing", Object: "Endpoints", Expected: "10.0.0.1:80"},
			"  a.md:7: error: Endpoints\n      document says   10.0.0.1:80\n      cluster says    nothing\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.finding.File, c.finding.Line, c.finding.Severity = "a.md", 7, report.Error
			recorder := &report.Recorder{}
			stream := report.NewStream(clock(), recorder)
			stream.Begin("seatrial", "workshop", "a.md")
			stream.BeginSubject("a", 1, report.Subject{Kind: report.Document, Title: "A"})
			stream.EndStep("a", report.Step{Number: 1, Name: "look", Verdict: report.Failed, Findings: []report.Finding{c.finding}})
			stream.EndSubject("a", report.Subject{})
			stream.Finish(nil)
			var out bytes.Buffer
			report.Summary(&out, recorder.Run(), report.Look{})
			gomega.NewWithT(t).Expect(out.String()).To(gomega.ContainSubstring("\n" + c.want + "\nFAILED"))
		})
	}
}

func TestColoursAddNothingToASummaryThatCannotBeReadWithoutThem(t *testing.T) {
	g := gomega.NewWithT(t)
	for _, width := range []int{40, 80, 120} {
		var plain, coloured bytes.Buffer
		report.Summary(&plain, told(nil), report.Look{Width: width})
		report.Summary(&coloured, told(nil), report.Look{Width: width, Paint: paint.Colours()})
		g.Expect(coloured.String()).To(gomega.ContainSubstring("\x1b[1;31mRollback to 2\x1b[0m"), "the document is wrong")
		g.Expect(coloured.String()).To(gomega.ContainSubstring("\x1b[32mRollback to 1\x1b[0m"), "the cluster is right")
		g.Expect(regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured.String(), "")).To(gomega.Equal(plain.String()))
	}
}

func TestManyPathsOfOneFaultAreNotAllNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		faulty, sound int
		want          string
	}{
		{3, 0, "      on              path 0; path 1; path 2\n"},
		{4, 0, "      on              all 4 paths\n"},
		{5, 1, "      on              path 0; path 1; path 2; and 2 more\n"},
	} {
		recorder := &report.Recorder{}
		stream := report.NewStream(clock(), recorder)
		stream.Begin("seatrial", "chart", "web")
		for i := range test.faulty + test.sound {
			id, end := report.SubjectID(fmt.Sprint(i)), report.Subject{}
			stream.BeginSubject(id, 1, report.Subject{Kind: report.Path, Group: "web 1.0.0", Title: fmt.Sprintf("path %d", i)})
			if i < test.faulty {
				end.Findings = []report.Finding{{Severity: report.Note, Word: "drifted", Object: "Service/web", Text: "Service/web"}}
			}
			stream.EndSubject(id, end)
		}
		stream.Finish(nil)
		var out bytes.Buffer
		report.Summary(&out, recorder.Run(), report.Look{})
		gomega.NewWithT(t).Expect(out.String()).To(gomega.ContainSubstring(test.want))
	}
}

func TestWhatIsFoundOfAReleaseIsToldOnce(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	recorder := &report.Recorder{}
	stream := report.NewStream(clock(), recorder)
	stream.Begin("seatrial", "chart", "web")
	stream.BeginSubject("1", 1, report.Subject{Kind: report.Path, Group: "web 1.0.0", Title: "install"})
	stream.EndSubject("1", report.Subject{Findings: []report.Finding{{
		Severity: report.Note, Word: "needs-real-nodes", Expected: "tests to run", Actual: "simulated nodes",
		Text: "the release: expected tests to run, found simulated nodes",
	}, {
		Severity: report.Note, Word: "reallocated", Object: "Pod/web", Field: "spec.nodeName", Expected: `"a"`, Actual: `"b"`,
		Text: `Pod/web spec.nodeName: expected "a", found "b"`,
	}}})
	stream.Finish(nil)
	var out bytes.Buffer
	report.Summary(&out, recorder.Run(), report.Look{})
	g.Expect(out.String()).To(gomega.ContainSubstring("  note needs-real-nodes\n      promised        tests to run\n      seen            simulated nodes\n"))
	g.Expect(out.String()).To(gomega.ContainSubstring("  note reallocated: Pod/web spec.nodeName\n      promised        \"a\"\n"))
}

func TestAFaultThatWasSeenOnSeveralPathsIsToldOnce(t *testing.T) {
	g := gomega.NewWithT(t)
	fault := report.Finding{Severity: report.Error, Word: "drifted", Object: "Service/web", Field: "spec.type", Expected: "NodePort", Actual: "ClusterIP", Text: "Service/web spec.type"}
	recorder := &report.Recorder{}
	stream := report.NewStream(clock(), recorder)
	stream.Begin("seatrial", "chart", "web")
	for _, path := range []string{"upgrade", "upgrade twice"} {
		stream.BeginSubject(report.SubjectID(path), 1, report.Subject{Kind: report.Path, Group: "web 1.0.0", Title: path})
		stream.EndStep(report.SubjectID(path), report.Step{Number: 1, Name: "rollback 1", Verdict: report.Failed, Findings: []report.Finding{fault}})
		stream.EndSubject(report.SubjectID(path), report.Subject{Evidence: "_artifacts/" + path})
	}
	stream.Finish(nil)
	var out bytes.Buffer
	report.Summary(&out, recorder.Run(), report.Look{})
	g.Expect(strings.Count(out.String(), "error drifted")).To(gomega.Equal(1))
	g.Expect(out.String()).To(gomega.ContainSubstring("      on              upgrade; upgrade twice\n"))
	g.Expect(report.Annotations(recorder.Run())).To(gomega.Equal(
		"::error title=web 1.0.0::drifted: Service/web spec.type%0AFound on: upgrade; upgrade twice\n"), "GitHub shows but ten")
	summary := report.Markdown(recorder.Run())
	g.Expect(strings.Count(summary, "**drifted**")).To(gomega.Equal(1))
	g.Expect(summary).To(gomega.ContainSubstring("| error | Service/web spec.type | **drifted** Service/web spec.type<br>on upgrade; upgrade twice | NodePort | ClusterIP |"))
}
