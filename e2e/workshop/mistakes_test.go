package workshop

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gstruct"
	"github.com/onsi/gomega/types"

	"seatrial/e2e/framework/scenario"
	"seatrial/e2e/framework/stage"
	"seatrial/e2e/framework/trial"
	"seatrial/e2e/framework/workshop"
)

// hurry is how long to wait for what will never come; meanwhile, all else has to come, on a busy machine too.
const hurry = 6 * time.Second

// mistake is one cell of a document, made wrong.
type mistake struct {
	right, wrong string // the begin of a line
	found        string // what has to be said of it
}

var mistakes = []mistake{
	{
		"3         Mon Nov 23 22:19:47 2026  deployed    guestbook-0.2.0               Rollback to 1",
		"3         Mon Nov 23 22:19:47 2026  deployed    guestbook-0.2.0               Rollback to 2",
		"DESCRIPTION",
	},
	{"service/guestbook-demo   LoadBalancer ", "service/guestbook-demo   NodePort     ", "TYPE"},
	{"deployment.apps/redis-slave      2/2 ", "deployment.apps/redis-slave      1/1 ", "READY"},
}

var _ = Describe("A document that promises what does not come", func() {
	It("is found out, with the line of every wrong cell and nothing else", func(ctx SpecContext) {
		guestbook := courses()[0]
		Expect(guestbook.err).ToNot(HaveOccurred())
		Expect(guestbook.scenario.Name()).To(Equal("guestbook"))
		mistaken, wrong := mistype(guestbook.documents[2].Path)
		on := simulatedStage(ctx, guestbook.scenario)

		for _, exercise := range guestbook.documents[:2] {
			Expect(told(perform(ctx, on, exercise, promiseTimeout))).To(BeEmpty())
		}
		Expect(perform(ctx, on, mistaken, hurry)).To(HaveExactElements(wrong...))
	}, NodeTimeout(chapterTimeout))
})

// mistype makes a copy of a document with all the mistakes, and says what has to be found in it.
func mistype(path string) (mistaken *workshop.Document, wrong []any) {
	GinkgoHelper()
	content, err := os.ReadFile(path)
	Expect(err).ToNot(HaveOccurred())
	text := string(content)
	copied := filepath.Join(GinkgoT().TempDir(), filepath.Base(path))
	for _, m := range mistakes {
		before, after, found := strings.Cut(text, "\n"+m.right)
		Expect(found).To(BeTrueBecause("%q is a line of %q", m.right, path))
		text = before + "\n" + m.wrong + after
		wrong = append(wrong, finding(copied, strings.Count(before, "\n")+2, m.found))
	}
	//nolint:gosec // The copy is in a folder of the spec.
	Expect(os.WriteFile(copied, []byte(text), 0o600)).To(Succeed())
	mistaken, err = workshop.Load(copied)
	Expect(err).ToNot(HaveOccurred())
	return mistaken, wrong
}

func finding(file string, line int, text string) types.GomegaMatcher {
	return gstruct.MatchFields(gstruct.IgnoreExtras, gstruct.Fields{
		"File": Equal(file), "Line": Equal(line), "Warning": BeFalseBecause("it misleads a reader"), "Text": ContainSubstring(text),
	})
}

func simulatedStage(ctx SpecContext, s *scenario.Scenario) *stage.Stage {
	GinkgoHelper()
	nodes := openSimulated(ctx, none)
	on, err := stage.Open(ctx, stage.Options{Scenario: s, Kubeconfig: nodes.Kubeconfig, Bin: nodes.Assets.Bin})
	Expect(err).ToNot(HaveOccurred())
	DeferCleanup(func(ctx SpecContext) error { return on.Close(ctx) }, NodeTimeout(stage.CloseTimeout))
	return on
}

// perform plays a document on simulated nodes.
func perform(ctx SpecContext, on *stage.Stage, doc *workshop.Document, patience time.Duration) []trial.Finding {
	GinkgoHelper()
	player := &trial.Player{Shell: on.Shell, Patience: patience}
	performance, err := player.Play(ctx, doc)
	Expect(err).ToNot(HaveOccurred())
	return performance.Findings()
}
