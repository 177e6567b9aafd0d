package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/report"
	"seatrial/e2e/workshop/story"
	"seatrial/tools/seatrial/internal/choices"
)

// platform has scripts in the place of the real commands: they print how they are called.
func platform(t *testing.T, script string) *story.World {
	t.Helper()
	bin := t.TempDir()
	for _, name := range []string{"helm", "kubectl"} {
		//nolint:gosec // It is there to be run.
		err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script), 0o700)
		gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	}
	return &story.World{Telling: story.Tellings()[0], Kubeconfig: "/k", Tools: assets.Assets{Bin: bin}}
}

// promise is kept unless it has something else to say.
func promise(text string, instead error) story.Promise {
	return story.Promise{Text: text, Keep: func(context.Context, *story.World) error { return instead }}
}

func chapter(promises ...story.Promise) story.Chapter {
	return story.Chapter{
		Title: "Install", Command: "helm install guestbook-demo", Promises: promises,
		Do: func(context.Context, *story.World) error { return nil },
	}
}

// timeless is what was told, less how long it took.
func timeless(out *bytes.Buffer) string {
	return regexp.MustCompile(`\(\d+ s\)`).ReplaceAllString(out.String(), "(N s)")
}

func TestAStoryThatHoldsIsToldWithWhatItsReaderSees(t *testing.T) {
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	n := &narrator{account: newAccount(), said: choices.New(), out: &out, start: time.Now(), provider: "kind"}

	world := platform(t, `echo "$(basename "$0") on $KUBECONFIG by $HELM_DRIVER"`)
	g.Expect(n.tell(t.Context(), world, chapter(promise("five pods are ready", nil), promise("history has one revision", nil)))).To(gomega.Succeed())
	g.Expect(n.verdict()).To(gomega.Succeed())

	g.Expect(timeless(&out)).To(gomega.Equal(`
== Install
$ helm install guestbook-demo

$ helm history guestbook-demo -n helm-demo
helm on /k by ` + string(world.Driver) + `


$ kubectl get all -n helm-demo
kubectl on /k by ` + string(world.Driver) + `

  kept    five pods are ready
  kept    history has one revision

== Verdict
KEPT: all 2 promises of the workshop hold on provider kind (N s)
`))
}

func TestABrokenPromiseIsShownAndCountedAndTheStoryGoesOn(t *testing.T) {
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	n := &narrator{account: newAccount(), said: choices.New(), out: &out, start: time.Now(), provider: "kind"}
	world := platform(t, `echo "Error: release: not found" >&2; exit 1`)

	broken := promise("five pods are ready", errors.New("there are 4 pods:\nfour of them"))
	g.Expect(n.tell(t.Context(), world, chapter(broken, promise("three Services are there", nil)))).To(gomega.Succeed())
	g.Expect(n.verdict()).To(gomega.MatchError(errBroken))

	subject := n.account.recorder.Run().Subjects[0]
	g.Expect(subject.Verdict).To(gomega.Equal(report.Failed))
	g.Expect(subject.Steps[0].Findings).To(gomega.HaveExactElements(gomega.HaveField("Text", "there are 4 pods:\nfour of them")))
	g.Expect(subject.Steps[1].Verdict).To(gomega.Equal(report.Passed))
	g.Expect(timeless(&out)).To(gomega.And(
		gomega.ContainSubstring("  BROKEN  five pods are ready\n          there are 4 pods:\n          four of them\n  kept    three Services are there\n"),
		gomega.ContainSubstring("Error: release: not found"),
		gomega.HaveSuffix("BROKEN: 1 of 2 promises of the workshop do not hold on provider kind (N s)\n")))
}

func TestAPromiseThatNobodyCanLookAtIsSkippedWithTheReason(t *testing.T) {
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	n := &narrator{account: newAccount(), said: choices.New(), out: &out, start: time.Now(), provider: "embedded"}
	read := promise("the entry is read back", errors.New("never said"))
	read.Needs = cluster.Features{PodNetwork: true, Containers: true}
	logs := promise("the log is empty", errors.New("never said"))
	logs.Needs = cluster.Features{Containers: true}
	g.Expect(n.tell(t.Context(), platform(t, ""), chapter(read, promise("three Services are there", nil), logs))).To(gomega.Succeed())
	g.Expect(n.verdict()).To(gomega.Succeed())
	g.Expect(timeless(&out)).To(gomega.HaveSuffix(`
  skipped the entry is read back (needs containers, podNetwork)
  kept    three Services are there
  skipped the log is empty (needs containers)

== Verdict
KEPT: all 1 promises of the workshop hold on provider embedded, 2 more need containers, podNetwork and were skipped (N s)
`))
}

func TestACommandThatPrintsNothingIsSeenToDoSo(t *testing.T) {
	g := gomega.NewWithT(t)
	var out bytes.Buffer
	n := &narrator{account: newAccount(), said: choices.New(), out: &out, start: time.Now(), provider: "kind"}
	g.Expect(n.tell(t.Context(), platform(t, ""), chapter())).To(gomega.Succeed())
	g.Expect(out.String()).To(gomega.ContainSubstring("$ kubectl get all -n helm-demo\n(nothing)\n"))
}

func TestAChapterThatCannotBeDoneEndsTheStory(t *testing.T) {
	g := gomega.NewWithT(t)
	n := &narrator{account: newAccount(), said: choices.New(), out: &bytes.Buffer{}, start: time.Now()}
	stuck := chapter(promise("never looked at", errors.New("never said")))
	stuck.Do = func(context.Context, *story.World) error { return errors.New("the image cannot be pulled") }
	g.Expect(n.tell(t.Context(), platform(t, ""), stuck)).To(gomega.MatchError("Install: the image cannot be pulled"))
	g.Expect(n.broken).To(gomega.BeZero(), "what was not looked at is not broken")
}

func TestAnInterruptIsNoBrokenPromise(t *testing.T) {
	g := gomega.NewWithT(t)
	ctx, interrupt := context.WithCancel(t.Context())
	n := &narrator{account: newAccount(), said: choices.New(), out: &bytes.Buffer{}, start: time.Now()}
	interrupted := chapter(story.Promise{Text: "any", Keep: func(ctx context.Context, _ *story.World) error {
		interrupt()
		return ctx.Err()
	}})
	g.Expect(n.tell(ctx, platform(t, ""), interrupted)).To(gomega.MatchError(context.Canceled))
	g.Expect(n.broken).To(gomega.BeZero())
}

func TestTheCommandsRefuseWhatTheyDoNotKnow(t *testing.T) {
	for _, test := range []struct {
		args []string
		says string
	}{
		{[]string{"play"}, `unknown command "play" for "seatrial"`},
		{[]string{"demo", "now"}, `unknown command "now" for "seatrial demo"`},
		{[]string{"sweep", "--all"}, "unknown flag --all\n`seatrial sweep --help` has all flags"},
	} {
		g := gomega.NewWithT(t)
		root := command()
		root.SetArgs(test.args)
		g.Expect(root.ExecuteContext(t.Context())).To(gomega.MatchError(test.says))
	}
}
