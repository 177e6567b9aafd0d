package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/gstruct"
	"github.com/spf13/cobra"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/trial"
	"seatrial/tools/seatrial/internal/choices"
)

// keep runs a command that keeps an account, and gives what it printed.
func keep(t *testing.T, a *account, args []string, run func() error) (string, error) {
	t.Helper()
	// A workflow that runs these tests is not meant.
	t.Setenv("GITHUB_ACTIONS", "")
	var out bytes.Buffer
	cmd := &cobra.Command{Use: "workshop", SilenceErrors: true, SilenceUsage: true, RunE: func(cmd *cobra.Command, args []string) error {
		return a.of(cmd, args, run)
	}}
	a.flag(cmd.Flags())
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func TestTheReportHasTheDocumentItsStepsAndItsFindings(t *testing.T) {
	g := gomega.NewWithT(t)
	doc := loaded(t)
	wrong := trial.Finding{File: doc.Path, Line: 9, Row: "revision 2", Column: "STATUS", Expected: "deployed", Actual: "failed", Text: "row revision 2"}
	typo := trial.Finding{File: doc.Path, Line: 1, Warning: true, Text: "a typo"}
	path := filepath.Join(t.TempDir(), "report.json")

	a := newAccount(choices.New())
	printed, err := keep(t, a, []string{"--report", path, doc.Path}, func() error {
		told, err := a.document(doc, "guestbook en")
		g.Expect(err).ToNot(gomega.HaveOccurred())
		told.step(trial.Play{Number: 1, Step: &doc.Steps[0]})
		told.step(trial.Play{Number: 1, Step: &doc.Steps[0], Verdict: trial.Failed, Output: "what came", Findings: []trial.Finding{wrong}})
		told.end([]trial.Finding{typo, wrong}, []report.Revision{{Release: "web in demo", Number: 1}}, nil)
		return errFindings
	})
	g.Expect(err).To(gomega.MatchError(errFindings))
	g.Expect(printed).To(gomega.HaveSuffix("report: " + path + "\n"))

	content, err := os.ReadFile(path)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	run, err := report.ParseJSON(content)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(run.Trouble).To(gomega.BeEmpty(), "what was found is no trouble")
	g.Expect(run.Command).To(gomega.Equal([]string{"workshop", doc.Path}))
	g.Expect(run.Subjects).To(gomega.HaveExactElements(gstruct.MatchFields(gstruct.IgnoreExtras, gstruct.Fields{
		"Group": gomega.Equal("guestbook en"), "Title": gomega.Equal("Exercise 3"), "Verdict": gomega.Equal(report.Failed),
		"Findings":  gomega.HaveExactElements(gstruct.MatchFields(gstruct.IgnoreExtras, gstruct.Fields{"Severity": gomega.Equal(report.Warning), "Text": gomega.Equal("a typo")})),
		"Revisions": gomega.Equal([]report.Revision{{Release: "web in demo", Number: 1}}),
		"Prose":     gomega.ContainElement(gstruct.MatchFields(gstruct.IgnoreExtras, gstruct.Fields{"Step": gomega.Equal(1)})),
		"Steps": gomega.HaveExactElements(gstruct.MatchFields(gstruct.IgnoreExtras, gstruct.Fields{
			"Command": gomega.Equal("helm history web"), "Output": gomega.Equal("what came"), "Expected": gomega.HavePrefix("REVISION"),
			"Findings": gomega.Equal([]report.Finding{{
				Severity: report.Error, File: doc.Path, Line: 9, Object: "revision 2", Field: "STATUS", Expected: "deployed", Actual: "failed", Text: "row revision 2",
			}}),
		})),
	})))
}

func TestAReportIsWrittenOfWhatCouldNotBeRun(t *testing.T) {
	g := gomega.NewWithT(t)
	path := filepath.Join(t.TempDir(), "junit.xml")
	a := newAccount(choices.New())
	_, err := keep(t, a, []string{"--report", path}, func() error { return errors.New("no engine can run nodes") })
	g.Expect(err).To(gomega.MatchError("no engine can run nodes"))
	content, err := os.ReadFile(path)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(content)).To(gomega.ContainSubstring(`<error message="no engine can run nodes"`))
}

func TestASkippedDocumentIsInTheReportWithTheReason(t *testing.T) {
	g := gomega.NewWithT(t)
	a := newAccount(choices.New())
	_, err := keep(t, a, nil, func() error {
		a.skipped(loaded(t), "guestbook en", "this cluster has no loadBalancer")
		return nil
	})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	subject := a.recorder.Run().Subjects[0]
	g.Expect(subject.Verdict).To(gomega.Equal(report.Skipped))
	g.Expect(subject.Reason).To(gomega.Equal("this cluster has no loadBalancer"))
}

func TestAReportInAFormatThatNobodyKnowsIsRefusedBeforeAnythingRuns(t *testing.T) {
	g := gomega.NewWithT(t)
	ran := false
	_, err := keep(t, newAccount(choices.New()), []string{"--report", "htlm"}, func() error { ran = true; return nil })
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`("html"?)`)))
	g.Expect(ran).To(gomega.BeFalseBecause("the mistake is said first"))
}

func TestTheCommandIsInTheReportAsItWasTypedButForSecrets(t *testing.T) {
	g := gomega.NewWithT(t)
	a := newAccount(choices.New())
	cmd := &cobra.Command{Use: "seatrial", RunE: func(cmd *cobra.Command, args []string) error {
		return a.of(cmd, args, func() error { return nil })
	}}
	a.flag(cmd.Flags())
	words := []string{"--report", "json=" + filepath.Join(t.TempDir(), "run.json"), "--set", "db.password=hunter2"}
	cmd.SetArgs(words[:2])
	cmd.SetOut(io.Discard)
	g.Expect(cmd.ExecuteContext(context.WithValue(t.Context(), typedWords{}, words))).To(gomega.Succeed())
	g.Expect(a.recorder.Run().Command).To(gomega.Equal([]string{"seatrial", "--report", words[1], "--set", "db.password=***"}))
}
