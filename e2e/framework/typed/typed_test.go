package typed_test

import (
	"os/exec"
	"testing"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"

	"seatrial/e2e/framework/typed"
)

func TestQuotedWordsSurviveAShell(t *testing.T) {
	t.Parallel()
	path, err := exec.LookPath("sh")
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	rapid.Check(t, func(r *rapid.T) {
		word := rapid.StringMatching(`[ -~\n\tä]*`).Draw(r, "word")
		out, err := exec.CommandContext(t.Context(), path, "-c", "printf %s "+typed.Quote(word)).Output()
		if err != nil || string(out) != word {
			r.Fatalf("%q became %q: %v", word, out, err)
		}
	})
}

func TestWordsAreQuotedWhereAShellWouldSplitThem(t *testing.T) {
	t.Parallel()
	gomega.NewWithT(t).Expect(typed.Line([]string{"seatrial", "workshop", "--setup", "helm install web ./chart", ""})).
		To(gomega.Equal("seatrial workshop --setup 'helm install web ./chart' ''"))
}

func TestWhatLooksLikeASecretIsLeftOut(t *testing.T) {
	t.Parallel()
	//nolint:gosec // None of them is one.
	for word, want := range map[string]string{
		"redis.slaveEnabled=false,db.Password=hunter2,a=b":             "redis.slaveEnabled=false,db.Password=***,a=b",
		`auth.apiKey=a\,b,c=d`:                                         "auth.apiKey=***,c=d",
		"kubectl create secret generic web --from-literal=token='a b'": "kubectl create secret generic web --from-literal=token=***",
		`helm registry login --password "a b" --username me`:           "helm registry login --password *** --username me",
		"https://me:hunter2@example.org/charts":                        "https://***@example.org/charts",
		"imagePullSecrets[0].name=x":                                   "imagePullSecrets[0].name=***",
		"git:v1.2":                                                     "git:v1.2",
		"--report=html=a.html":                                         "--report=html=a.html",
		"docs/secret-santa.md":                                         "docs/secret-santa.md",
	} {
		gomega.NewWithT(t).Expect(typed.Hide([]string{word})).To(gomega.Equal([]string{want}))
	}
}
