package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
	"k8s.io/klog/v2"

	"seatrial/e2e/framework/regression"
	"seatrial/tools/seatrial/internal/choices"
)

func TestHowACommandEndsIsInItsExitCode(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		code int
	}{
		"as it should":         {nil, 0},
		"a broken promise":     {errBroken, 2},
		"findings":             {errors.Join(errFindings, errors.New("bad.md:1: no such hint")), 2},
		"faults":               {fmt.Errorf("%w: guestbook 0.2.0", errFaults), 2},
		"nothing can be run":   {errNotReady, 1},
		"something is missing": {errNotComplete, 1},
		"a file is missing":    {fs.ErrNotExist, 1},
	} {
		gomega.NewWithT(t).Expect(exitCode(c.err)).To(gomega.Equal(c.code), name)
	}
}

func TestWhatClientsLogByThemselvesIsNotShown(t *testing.T) {
	g := gomega.NewWithT(t)
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	stderr := os.Stderr
	os.Stderr = file
	t.Cleanup(func() {
		os.Stderr = stderr
		klog.ClearLogger()
	})
	klog.Error("unmuted")
	silence()
	klog.Error("muted")
	klog.ErrorS(nil, "muted")
	klog.Background().Error(nil, "muted")
	klog.Flush()
	shown, err := os.ReadFile(file.Name())
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(shown)).To(gomega.MatchRegexp(`^E.* unmuted\n$`))
}

func TestFaultsThatWereFoundCountMoreThanWhatCouldNotBeDoneAfterThem(t *testing.T) {
	g := gomega.NewWithT(t)
	lost := errors.New("the cluster is gone")
	g.Expect(exitCode(withFaults(t.Context(), lost, nil))).To(gomega.Equal(exitError))
	g.Expect(exitCode(withFaults(t.Context(), lost, []string{"web 0.1.0"}))).To(gomega.Equal(exitBroken))
	g.Expect(withFaults(t.Context(), lost, []string{"web 0.1.0"})).To(gomega.MatchError(gomega.And(
		gomega.ContainSubstring("the cluster is gone"), gomega.ContainSubstring("web 0.1.0"))))
	interrupted, interrupt := context.WithCancel(t.Context())
	interrupt()
	g.Expect(exitCode(withFaults(interrupted, lost, []string{"web 0.1.0"}))).To(gomega.Equal(exitError))
}

// A path that could not be gone refutes nothing: the summary says so, as the exit code does.
func TestAPathThatCouldNotBeGoneIsNoFailure(t *testing.T) {
	g := gomega.NewWithT(t)
	a := newAccount(choices.New())
	c := a.paths("web 0.1.0", "web")
	path := regression.Path{Name: "install"}
	c.tell(regression.Event{Path: path})
	c.tell(regression.Event{Path: path, Step: &regression.StepResult{Name: "install", Err: "nodes that are simulated serve nothing"}})
	end := regression.PathResult{Path: path, Verdict: regression.NotRun, Findings: []regression.Finding{{Word: regression.NeedsRealNodes, Note: true, Step: "install"}}}
	c.tell(regression.Event{Path: path, End: &end})
	c.end(regression.Result{Paths: []regression.PathResult{end}})
	a.stream.Finish(errUnfinished)
	g.Expect(a.recorder.Run().Sentence()).To(gomega.HavePrefix("UNDECIDED: 0 of 1 steps passed, 1 not run"))
	g.Expect(exitCode(errUnfinished)).To(gomega.Equal(exitError))
}

// Somebody who is stuck reads nothing but this: each says which file, flag or word it is, and what to do.
func TestWhoeverIsStuckIsToldWhatToDo(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	t.Setenv("SEATRIAL_CACHE", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("GITHUB_ACTIONS", "")
	t.Setenv("PATH", t.TempDir())
	t.Chdir(dir)
	for name, content := range map[string]string{
		"a.md": exercise, "prose.md": "# Title\n\nNothing to run.\n", "odd.md": oddName, "bad.yaml": "proivder: kind\n", "seatrial.json": "{}\n",
		"folder/notes.txt": "", "needs/Chart.yaml": "apiVersion: v2\nname: needs\nversion: 0.1.0\n",
		"needs/templates/a.yaml": `{{ required "server is required" .Values.server }}`, "broken/scenario.yaml": "title: [\n", "chart/Chart.yaml": "name: web\n",
	} {
		path := filepath.Join(dir, name)
		g.Expect(os.MkdirAll(filepath.Dir(path), 0o700)).To(gomega.Succeed())
		g.Expect(os.WriteFile(path, []byte(content), 0o600)).To(gomega.Succeed())
	}
	const prepare = "run `make prepare` in a source tree of seatrial, and after that anywhere"
	for _, c := range []struct {
		line []string
		code int
		says string
	}{
		{[]string{"workshop"}, 1, "`seatrial workshop` wants FILE...|SCENARIO..., and was given 0 words: `seatrial workshop --help` has examples"},
		{[]string{"workshop", "--provder", "kind", "a.md"}, 1, "unknown flag --provder; did you mean --provider?"},
		{[]string{"workshop", "--provider", "kidn", "a.md"}, 1, `there is no provider "kidn"; did you mean "kind"?`},
		{[]string{"workshop", "--timeout", "soon", "a.md"}, 1, `want a duration such as 90s or 10m, not "soon"`},
		{[]string{"workshop", "no-such.md"}, 1, "no-such.md"},
		{[]string{"workshop", "folder"}, 1, "folder is a folder without a scenario.yaml: name its documents, or write one"},
		{[]string{"workshop", "broken"}, 1, filepath.Join("broken", "scenario.yaml")},
		{[]string{"workshop", "a.md"}, 1, prepare},
		{[]string{"workshop", "--config", "no-such.yaml", "a.md"}, 1, "reading the choices: open no-such.yaml"},
		{[]string{"workshop", "--config", "bad.yaml", "a.md"}, 1, `bad.yaml:1: unknown key "proivder"; did you mean "provider"?`},
		{[]string{"workshop", "--config", "folder", "a.md"}, 1, "reading the choices: read folder: is a directory"},
		{[]string{"workshop", "--watch", "--update", "a.md"}, 1, "leave out --update and --dry-run"},
		{[]string{"workshop", "--watch", "no-such.md"}, 1, "no-such.md"},
		{[]string{"workshop", "--watch", "a.md"}, 1, prepare},
		{[]string{"workshop", "--report", "pdf", "a.md"}, 1, `reading the report "pdf"`},
		{[]string{"workshop", "--dry-run", "a.md"}, 0, ""},
		{[]string{"workshop", "prose.md"}, 1, "there is no command to run in prose.md: one stands in a fenced block"},
		{[]string{"workshop", "--from-step", "7", "a.md"}, 1, "--from-step 7: a.md has only 1: `--dry-run` lists them"},
		{[]string{"workshop", "--from-step", "0", "a.md"}, 1, "--from-step 0: steps are counted from 1"},
		{[]string{"workshop", "--from-step", "one", "a.md"}, 1, "want a number such as 4"},
		{[]string{"workshop", "--patience", "soon", "a.md"}, 1, "want a duration such as 90s or 10m"},
		{[]string{"workshop", "--dir", "nowhere", "a.md"}, 1, "--dir nowhere: the reader cannot start there"},
		{[]string{"workshop", "--dir", "a.md", "a.md"}, 1, "--dir a.md: it is no folder"},
		{[]string{"workshop", "--report", "html=folder", "a.md"}, 1, `the html report cannot be written to "folder": it is a folder: name a file in it`},
		{[]string{"workshop", "--report", "a.md/page.html", "a.md"}, 1, `the html report cannot be written to "a.md/page.html": mkdir a.md: not a directory`},
		{[]string{"schema"}, 1, "`seatrial schema` wants config|doctor|images|report|scenario, and was given 0 words"},
		{[]string{"report", "a.json", "b.json"}, 1, "`seatrial report` wants FILE.json, and was given 2 words"},
		{[]string{"lint", "a.md"}, 0, ""},
		{[]string{"lint", "odd.md"}, 0, ""},
		{[]string{"lint", "--strict", "odd.md"}, 2, errFindings.Error()},
		{[]string{"lint", "no-such.md"}, 1, "no-such.md"},
		{[]string{"lint", "--provider", "kidn", "a.md"}, 1, `there is no provider "kidn"; did you mean "kind"?`},
		{[]string{"chart", "no-such-chart"}, 1, "no-such-chart"},
		{[]string{"chart", "chart"}, 1, "chart"},
		{[]string{"chart", "needs"}, 1, "server is required\n(a value that the chart needs in every revision can be given with --common)"},
		{[]string{"chart", "--watch", "oci://registry.invalid/web"}, 1, "--watch needs a chart, or its scenario, in a folder"},
		{[]string{"demo"}, 1, prepare},
		{[]string{"demo", "--provider", "existing"}, 1, prepare},
		{[]string{"doctor"}, 1, "this machine is not ready"},
		{[]string{"doctor", "--provider", "kind"}, 1, "this machine is not ready"},
		{[]string{"images"}, 1, "not everything is prepared"},
		{[]string{"images", "sav"}, 1, `unknown command "sav"`},
		{[]string{"images", "save", "x.tar"}, 1, prepare},
		{[]string{"images", "load", "no-such.tar"}, 1, `loading "no-such.tar": open no-such.tar: no such file or directory`},
		{[]string{"images", "load", "a.md"}, 1, `loading "a.md": it is no archive of ` + "`seatrial images save`"},
		{[]string{"cluster", "create"}, 1, prepare},
		{[]string{"cluster", "list"}, 0, ""},
		{[]string{"cluster", "list", "--provider", "existing"}, 1, "a cluster of provider existing is yours"},
		{[]string{"cluster", "delete", "mine"}, 1, "there is no kept cluster: `seatrial cluster create` makes one"},
		{[]string{"report", "seatrial.json"}, 1, "seatrial.json"},
		{[]string{"schema", "skenario"}, 1, `did you mean "scenario"?`},
		{[]string{"sweep"}, 0, ""},
		{[]string{"version", "--keep"}, 0, ""},
	} {
		said, err := answered(t, c.line...)
		g := gomega.NewWithT(t)
		g.Expect(exitCode(err)).To(gomega.Equal(c.code), "%v: %v\n%s", c.line, err, said)
		if c.says != "" {
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(c.says)), "%v", c.line)
		}
	}
}

func TestEveryCommandTakesTheSharedFlags(t *testing.T) {
	shared := []string{"provider", "kubeconfig", "kubernetes", "parallel", "timeout", "fail-fast", "keep", "artifacts", "report", "no-color", "quiet", "verbose"}
	for _, cmd := range all(command()) {
		for _, name := range shared {
			gomega.NewWithT(t).Expect(cmd.Flags().Lookup(name)).ToNot(gomega.BeNil(), "%s --%s", cmd.CommandPath(), name)
		}
	}
	said, err := answered(t, "version", "--provider", "kind", "--keep")
	g := gomega.NewWithT(t)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(said).To(gomega.ContainSubstring("seatrial: `seatrial version` has no use for --keep, --provider: nothing changes\n"))
}
