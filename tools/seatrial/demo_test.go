package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"

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

// narrated is what somebody reads who is told one chapter, and the summary after it.
func narrated(t *testing.T, w *story.World, c story.Chapter) (string, *narrator) {
	t.Helper()
	t.Setenv("GITHUB_ACTIONS", "") // A workflow that runs these tests is not meant.
	t.Setenv("CLICOLOR_FORCE", "")
	var out bytes.Buffer
	said := choices.New()
	n := &narrator{account: newAccount(said), said: said, out: &out, witness: &witness{}}
	hushed := n.account.listen(&out)
	n.account.stream.Begin("seatrial", "demo")
	gomega.NewWithT(t).Expect(n.tell(t.Context(), w, c)).To(gomega.Succeed())
	n.account.stream.Finish(nil)
	hushed()
	n.account.summarise(&out)
	return regexp.MustCompile(`(?m)^ +\d+\.\ds {2}|^in \d+\.\d s$`).ReplaceAllString(out.String(), "T "), n
}

func TestAStoryThatHoldsIsToldWithWhatItsReaderSees(t *testing.T) {
	g := gomega.NewWithT(t)
	world := platform(t, `echo "$(basename "$0") on $KUBECONFIG by $HELM_DRIVER"`)
	told, n := narrated(t, world, chapter(promise("five pods are ready", nil), promise("history has one revision", nil)))
	g.Expect(n.broken).To(gomega.BeZero())
	g.Expect(told).To(gomega.Equal(`
T == The workshop: Install
$ helm install guestbook-demo

$ helm history guestbook-demo -n helm-demo
helm on /k by ` + string(world.Driver) + `

$ kubectl get all -n helm-demo
kubectl on /k by ` + string(world.Driver) + `

T   kept    five pods are ready
T   kept    history has one revision

PASSED: 2 of 2 promises kept
T 
`))
}

func TestABrokenPromiseIsShownAndCountedAndTheStoryGoesOn(t *testing.T) {
	g := gomega.NewWithT(t)
	world := platform(t, `echo "Error: release: not found" >&2; exit 1`)
	broken := promise("five pods are ready", errors.New("there are 4 pods:\nfour of them"))
	told, n := narrated(t, world, chapter(broken, promise("three Services are there", nil)))
	g.Expect(n.broken).To(gomega.Equal(1))

	subject := n.account.recorder.Run().Subjects[0]
	g.Expect(subject.Verdict).To(gomega.Equal(report.Failed))
	g.Expect(subject.Steps[0].Findings).To(gomega.HaveExactElements(gomega.HaveField("Text", "there are 4 pods:\nfour of them")))
	g.Expect(subject.Steps[1].Verdict).To(gomega.Equal(report.Passed))
	g.Expect(told).To(gomega.And(
		gomega.ContainSubstring("  BROKEN  five pods are ready\nT   kept    three Services are there\n"),
		gomega.ContainSubstring("    there are 4 pods:\n    four of them\n"),
		gomega.ContainSubstring("Error: release: not found"),
		gomega.ContainSubstring("FAILED: 1 of 2 promises kept, 1 failed, 1 error\n")))
}

func TestAPromiseThatNobodyCanLookAtIsSkippedWithTheReason(t *testing.T) {
	g := gomega.NewWithT(t)
	read := promise("the entry is read back", errors.New("never said"))
	read.Needs = cluster.Features{PodNetwork: true, Containers: true}
	logs := promise("the log is empty", errors.New("never said"))
	logs.Needs = cluster.Features{Containers: true}
	told, n := narrated(t, platform(t, ""), chapter(read, promise("three Services are there", nil), logs))
	g.Expect(n.broken).To(gomega.BeZero())
	g.Expect(told).To(gomega.HaveSuffix(`
T   skipped the entry is read back  (needs containers, podNetwork)
T   kept    three Services are there
T   skipped the log is empty  (needs containers)

PASSED: 1 of 3 promises kept, 2 skipped
T 
`))
}

func TestACommandThatPrintsNothingIsSeenToDoSo(t *testing.T) {
	told, _ := narrated(t, platform(t, ""), chapter())
	gomega.NewWithT(t).Expect(told).To(gomega.ContainSubstring("$ kubectl get all -n helm-demo\n(nothing)\n"))
}

func TestAChapterThatCannotBeDoneEndsTheStory(t *testing.T) {
	g := gomega.NewWithT(t)
	n := &narrator{account: newAccount(choices.New()), said: choices.New(), out: &bytes.Buffer{}, witness: &witness{}}
	stuck := chapter(promise("never looked at", errors.New("never said")))
	stuck.Do = func(context.Context, *story.World) error { return errors.New("the image cannot be pulled") }
	g.Expect(n.tell(t.Context(), platform(t, ""), stuck)).To(gomega.MatchError("Install: the image cannot be pulled"))
	g.Expect(n.broken).To(gomega.BeZero(), "what was not looked at is not broken")
}

func TestAnInterruptIsNoBrokenPromise(t *testing.T) {
	g := gomega.NewWithT(t)
	ctx, interrupt := context.WithCancel(t.Context())
	n := &narrator{account: newAccount(choices.New()), said: choices.New(), out: &bytes.Buffer{}, witness: &witness{}}
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
