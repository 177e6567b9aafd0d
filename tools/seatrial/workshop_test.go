package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/trial"
	"seatrial/e2e/framework/workshop"
)

const exercise = "# Exercise 3\n\nLook at the history:\n\n```console\n$ helm history web\n" +
	"REVISION  UPDATED                   STATUS      CHART      APP VERSION  DESCRIPTION\n" +
	"1         Mon Feb 24 18:08:02 2020  superseded  web-0.1.0               Install complete\n" +
	"2         Tue Feb 25 14:23:27 2020  deployed    web-0.1.0               Upgrade complete\n```\n\nThen open the page.\n"

func loaded(t *testing.T) *workshop.Document {
	t.Helper()
	documents, err := load([]string{put(t, "exercise.md", exercise)})
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return documents[0]
}

// played is the document with what came for its only step.
func played(doc *workshop.Document, output string, found ...trial.Finding) *trial.Performance {
	return &trial.Performance{Document: doc, Plays: []trial.Play{{Number: 1, Step: &doc.Steps[0], Verdict: trial.Failed, Output: output, Findings: found}}}
}

func TestTheSameThingIsSaidOnce(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := loaded(t)
	failed := trial.Finding{File: doc.Path, Line: 9, Command: "helm history web", Text: "row revision 2: STATUS: document says deployed, cluster says failed"}
	g.Expect((&tally{}).add(played(doc, "", failed, failed))).To(gomega.Equal([]trial.Finding{failed}))
}

func TestFindingsStandBelowTheirCommand(t *testing.T) {
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	(&teller{out: &out}).findings([]trial.Finding{
		{File: "a.md", Line: 9, Heading: "Exercise 3", Command: "helm history web", Text: "one"},
		{File: "a.md", Line: 10, Heading: "Exercise 3", Command: "helm history web", Warning: true, Text: "two"},
	})
	g.Expect(out.String()).To(gomega.Equal("\nExercise 3\n$ helm history web\na.md:9: error: one\na.md:10: warning: two\n"))
}

func TestADryRunListsTheSteps(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := loaded(t)
	var out bytes.Buffer
	g.Expect((&rehearsal{out: &out, dryRun: true}).run(t.Context(), []string{doc.Path})).To(gomega.Succeed())
	g.Expect(out.String()).To(gomega.ContainSubstring("  1  line 6    helm history web  (3 lines to compare)"))
}

func TestUpdateRewritesOnlyWhatIsWrong(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := loaded(t)
	came := "REVISION\tUPDATED                 \tSTATUS    \tCHART    \tAPP VERSION\tDESCRIPTION     \n" +
		"1       \tSun Nov 22 09:00:00 2026\tsuperseded\tweb-0.1.0\t           \tInstall complete\n" +
		"2       \tSun Nov 22 09:01:00 2026\tfailed    \tweb-0.1.0\t           \tUpgrade complete\n"
	var out bytes.Buffer
	g.Expect(update(&out, played(doc, came))).To(gomega.Succeed())

	after, err := os.ReadFile(doc.Path)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(after)).To(gomega.ContainSubstring("Tue Feb 25 14:23:27 2020  failed"), "the status is new, the date of the document stays")
	g.Expect(string(after)).To(gomega.HaveSuffix("```\n\nThen open the page.\n"))
	g.Expect(out.String()).To(gomega.ContainSubstring("-2         Tue Feb 25 14:23:27 2020  deployed"))
	g.Expect(filepath.Glob(filepath.Join(filepath.Dir(doc.Path), "*"))).To(gomega.HaveLen(1), "no draft is left")
}

func TestAScenarioOfAChartIsSentToItsOwnCommand(t *testing.T) {
	folder := filepath.Join("..", "..", "scenarios", "chart-values")
	_, err := (&rehearsal{}).courses([]string{folder})
	gomega.NewWithT(t).Expect(err).To(gomega.MatchError(folder + " is a scenario of a chart: try it with `seatrial chart " + folder + "`"))
}
