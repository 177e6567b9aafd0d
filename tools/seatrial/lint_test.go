package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/report"
	"seatrial/tools/seatrial/internal/choices"
)

// linted reads documents and gives what was told of them.
func linted(l *linting, names ...string) (string, error) {
	var out bytes.Buffer
	l.said, l.account, l.teller = choices.New(), newAccount(choices.New()), &teller{out: &out}
	err := l.run(names)
	return out.String(), err
}

// put writes a document.
func put(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	gomega.NewWithT(t).Expect(os.WriteFile(path, []byte(content), 0o600)).To(gomega.Succeed())
	return path
}

const oddName = "```console\n$ kubectl get pods\nNAME                 READY   STATUS    RESTARTS   AGE\nweb-6c9cf8b9-zddn    1/1     Running   0          20h\n```\n"

func TestLintTellsMistakesAndWarnings(t *testing.T) {
	g := gomega.NewWithT(t)
	said, err := linted(&linting{strict: true}, put(t, "good.md", exercise))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(said).To(gomega.BeEmpty())

	odd := put(t, "odd.md", oddName)
	said, err = linted(&linting{}, odd)
	g.Expect(err).ToNot(gomega.HaveOccurred(), "a warning is no failure")
	g.Expect(said).To(gomega.ContainSubstring(":4: warning: "))
	_, err = linted(&linting{strict: true}, odd)
	g.Expect(err).To(gomega.MatchError(errFindings))

	bad := put(t, "bad.md", "<!-- seatrial: timeot=3s -->\n\n```console\nhelm list\n```\n")
	l := &linting{}
	said, err = linted(l, bad, odd)
	g.Expect(err).To(gomega.MatchError(errFindings))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("bad.md:1: ")))
	g.Expect(said).To(gomega.ContainSubstring("odd.md:4: warning: "), "what comes after it is read, too")
	subjects := l.account.recorder.Run().Subjects
	g.Expect(subjects).To(gomega.HaveLen(2))
	g.Expect(subjects[0].Verdict).To(gomega.Equal(report.Failed))
	g.Expect(subjects[1].Verdict).To(gomega.Equal(report.Passed))

	_, err = linted(&linting{}, "no-such.md")
	g.Expect(err).To(gomega.HaveOccurred())
	g.Expect(err).ToNot(gomega.MatchError(errFindings), "what cannot be read is no finding")
}

func TestLintReadsTheDocumentsOfAScenario(t *testing.T) {
	g := gomega.NewWithT(t)
	l := &linting{}
	said, err := linted(l, filepath.Join("..", "..", "scenarios", "guestbook"))
	g.Expect(err).ToNot(gomega.HaveOccurred(), said)
	g.Expect(len(l.account.recorder.Run().Subjects)).To(gomega.BeNumerically(">=", 8), "two languages, four exercises each")
}
