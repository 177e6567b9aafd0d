package output_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/output"
)

// run has one wrong cell.
func run() report.Run {
	recorder := &report.Recorder{}
	stream := report.NewStream(nil, recorder)
	stream.Begin("seatrial", "workshop", "a.md")
	stream.BeginSubject("d", 1, report.Subject{Kind: report.Document, Title: "A", File: "a.md"})
	stream.EndStep("d", report.Step{Number: 1, Command: "helm list", Verdict: report.Failed, Findings: []report.Finding{{Severity: report.Error, File: "a.md", Line: 7, Text: "wrong"}}})
	stream.EndSubject("d", report.Subject{})
	stream.Finish(nil)
	return recorder.Run()
}

func TestAReportIsAskedForByFormatOrByTheEndingOfItsFile(t *testing.T) {
	for text, want := range map[string][]output.Want{
		"junit=out/j.xml":      {{Format: output.JUnit, Path: "out/j.xml"}},
		"report.html":          {{Format: output.HTML, Path: "report.html"}},
		"a.json, github":       {{Format: output.JSON, Path: "a.json"}, {Format: output.GitHub}},
		"html=odd.name,a.XML,": {{Format: output.HTML, Path: "odd.name"}, {Format: output.JUnit, Path: "a.XML"}},
		"":                     nil,
	} {
		got, err := output.Parse(text)
		gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred(), text)
		gomega.NewWithT(t).Expect(got).To(gomega.Equal(want), text)
	}
}

func TestAReportThatNobodyCanWriteIsRefusedWithTheWordThatWasMeant(t *testing.T) {
	for text, says := range map[string]string{
		"junti=a.xml": `reading the report "junti=a.xml": there is no format "junti" ("junit"?); there are json, junit, html, github`,
		"htlm":        `reading the report "htlm": neither a format (json, junit, html, github) nor a file whose ending says one ("html"?)`,
		"html=":       `reading the report "html=": there is no file after "html="`,
	} {
		_, err := output.Parse(text)
		gomega.NewWithT(t).Expect(err).To(gomega.MatchError(says))
	}
}

func TestReportsAreWrittenAsAWholeWithTheFoldersAboveThem(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	var out bytes.Buffer
	wants := []output.Want{
		{Format: output.JUnit, Path: filepath.Join(dir, "deep", "er", "junit.xml")},
		{Format: output.HTML, Path: filepath.Join(dir, "page.html")},
		{Format: output.JSON, Path: filepath.Join(dir, "report.json")},
		{Format: output.GitHub},
	}
	g.Expect(output.Write(run(), wants, &out)).To(gomega.Succeed())
	g.Expect(out.String()).To(gomega.Equal("::error title=A,file=a.md,line=7::wrong\n"))
	for _, want := range wants[:3] {
		content, err := os.ReadFile(want.Path)
		g.Expect(err).ToNot(gomega.HaveOccurred())
		rendered, err := output.Render(run(), want.Format)
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(len(content)).To(gomega.BeNumerically("~", len(rendered), 100), want.Path)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(left).To(gomega.BeEmpty())
}

func TestAReportThatCannotBeWrittenKeepsNoOtherFromBeingWritten(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	g.Expect(os.WriteFile(file, nil, 0o600)).To(gomega.Succeed())
	err := output.Write(run(), []output.Want{
		{Format: output.JSON, Path: filepath.Join(file, "report.json")}, {Format: output.JUnit, Path: filepath.Join(dir, "junit.xml")},
	}, &bytes.Buffer{})
	g.Expect(err).To(gomega.MatchError(gomega.And(gomega.HavePrefix("writing the json report to "), gomega.ContainSubstring("not a directory"))))
	g.Expect(filepath.Join(dir, "junit.xml")).To(gomega.BeAnExistingFile())
}

func TestAWorkflowIsToldAtTheLineAndOnItsPage(t *testing.T) {
	g := gomega.NewWithT(t)
	summary := filepath.Join(t.TempDir(), "summary.md")
	g.Expect(os.WriteFile(summary, []byte("# before\n"), 0o600)).To(gomega.Succeed())
	env := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": summary}
	getenv := func(name string) string { return env[name] }
	g.Expect(output.InActions(getenv)).To(gomega.BeTrueBecause("the runner says so"))
	var log bytes.Buffer
	g.Expect(output.ToActions(run(), getenv, &log)).To(gomega.Succeed())
	g.Expect(log.String()).To(gomega.HavePrefix("::error "))
	content, err := os.ReadFile(summary)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(content)).To(gomega.And(gomega.HavePrefix("# before\n## ❌ FAILED"), gomega.ContainSubstring("| error | line 7 | wrong |")))
}

// A step may run in a folder of the repository, and GitHub knows files by where they are in the whole of it.
func TestAWorkflowIsToldOfFilesByTheirPlaceInTheWorkspace(t *testing.T) {
	g := gomega.NewWithT(t)
	workspace := t.TempDir()
	g.Expect(os.Mkdir(filepath.Join(workspace, "docs"), 0o700)).To(gomega.Succeed())
	t.Chdir(filepath.Join(workspace, "docs"))
	before := run()
	var log bytes.Buffer
	getenv := func(name string) string { return map[string]string{"GITHUB_WORKSPACE": workspace}[name] }
	g.Expect(output.ToActions(before, getenv, &log)).To(gomega.Succeed())
	g.Expect(log.String()).To(gomega.Equal("::error title=A,file=docs/a.md,line=7::wrong\n"))
	g.Expect(before.Subjects[0].Steps[0].Findings[0].File).To(gomega.Equal("a.md"), "the run itself is as it was")
}

func TestAReportThatCannotBeWrittenIsFoundBeforeTheRun(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	good := filepath.Join(dir, "new", "page.html")
	g.Expect(output.Check([]output.Want{{Format: output.HTML, Path: good}, {Format: output.GitHub}})).To(gomega.Succeed())
	g.Expect(os.ReadDir(filepath.Dir(good))).To(gomega.BeEmpty(), "nothing is left of the try")
	g.Expect(output.Check([]output.Want{{Format: output.HTML, Path: dir}})).To(gomega.MatchError(gomega.ContainSubstring("it is a folder: name a file in it")))
}
