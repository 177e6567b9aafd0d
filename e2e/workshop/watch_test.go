package workshop

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
	"github.com/onsi/gomega/gexec"

	"seatrial/e2e/framework/assets"
)

// verdictTimeout is for one round of a watch on a machine that is busy with other suites.
const verdictTimeout = 2 * time.Minute

// author has the command watch what is being written.
type author struct {
	dir     string
	watched *gexec.Session
}

// watches starts the command in a folder with copies of some files.
func watches(ctx SpecContext, files map[string]string, args ...string) *author {
	GinkgoHelper()
	root, err := assets.Root()
	Expect(err).ToNot(HaveOccurred())
	a := &author{dir: GinkgoT().TempDir()}
	for name, from := range files {
		a.copies(filepath.Join(root, filepath.FromSlash(from)), name)
	}
	program, err := gexec.Build("seatrial/tools/seatrial")
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(gexec.CleanupBuildArtifacts)
	cmd := exec.CommandContext(ctx, program, append(args, "--provider", "embedded", "--watch", "--artifacts", a.dir)...)
	// Files named on the command line are in this folder, and what is prepared is found from the source tree.
	cmd.Dir = root
	for i, arg := range cmd.Args[2:] {
		if _, err := os.Stat(filepath.Join(a.dir, arg)); err == nil {
			cmd.Args[i+2] = filepath.Join(a.dir, arg)
		}
	}
	a.watched, err = gexec.Start(cmd, GinkgoWriter, GinkgoWriter)
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(func() { a.watched.Kill().Wait(verdictTimeout) })
	return a
}

func (a *author) copies(from, name string) {
	GinkgoHelper()
	to := filepath.Join(a.dir, name)
	if info, err := os.Stat(from); err == nil && info.IsDir() {
		Expect(os.CopyFS(to, os.DirFS(from))).To(Succeed())
		return
	}
	content, err := os.ReadFile(from)
	Expect(err).ToNot(HaveOccurred())
	//nolint:gosec // The copy is in a folder of the spec.
	Expect(os.WriteFile(to, content, 0o600)).To(Succeed())
}

// saves replaces a text in a file as editors do: a new file takes the place of the old one.
func (a *author) saves(name, before, after string) {
	GinkgoHelper()
	path := filepath.Join(a.dir, name)
	content, err := os.ReadFile(path)
	Expect(err).ToNot(HaveOccurred())
	Expect(string(content)).To(ContainSubstring(before))
	draft := filepath.Join(a.dir, ".draft")
	//nolint:gosec // As above.
	Expect(os.WriteFile(draft, []byte(strings.ReplaceAll(string(content), before, after)), 0o600)).To(Succeed())
	Expect(os.Rename(draft, path)).To(Succeed())
}

// hears waits for a text that comes after all that was heard before.
func (a *author) hears(text string) {
	GinkgoHelper()
	Eventually(a.watched, verdictTimeout).Should(gbytes.Say(text))
}

func (a *author) ends(code int) {
	GinkgoHelper()
	Eventually(a.watched.Interrupt(), verdictTimeout).Should(gexec.Exit(code))
	Expect(string(a.watched.Out.Contents())).To(ContainSubstring("nothing of it is left"))
	Expect(string(a.watched.Err.Contents())).To(ContainSubstring("interrupted: taking down what was brought up"))
}

var _ = Describe("Somebody who writes", func() {
	It("sees each time that a document is saved whether it still holds", func(ctx SpecContext) {
		a := watches(ctx, map[string]string{"exercise-1.md": "scenarios/guestbook/en/exercise-1.md"}, "workshop", "exercise-1.md", "--dir", "charts")
		a.hears("PASSED: ")
		a.hears("watching")
		a.saves("exercise-1.md", "STATUS: deployed", "STATUS: failed")
		a.hears("saved: .*exercise-1.md")
		a.hears(`exercise-1.md:\d+: error: `)
		a.hears("document says +failed")
		a.hears("cluster says +deployed")
		a.hears("FAILED: ")
		a.hears("watching")
		a.saves("exercise-1.md", "STATUS: failed", "STATUS: deployed")
		// The namespace that it makes was taken away meanwhile: else it could not be made again.
		a.hears("PASSED: ")
		a.hears("watching")
		a.ends(0)
	}, NodeTimeout(chapterTimeout))

	It("sees it of a chart whose values are saved, and ends with the last verdict", func(ctx SpecContext) {
		a := watches(ctx, map[string]string{"hooked": "e2e/harness/testdata/notes"}, "chart", "hooked")
		a.hears("PASSED: ")
		a.hears("watching")
		a.saves("hooked/templates/configmap.yaml", "  revision:", "  made: {{ randAlphaNum 8 | quote }}\n  revision:")
		a.hears("error value-rerendered")
		a.hears("FAILED: ")
		a.hears("watching")
		a.ends(2)
	}, NodeTimeout(chapterTimeout))
})
