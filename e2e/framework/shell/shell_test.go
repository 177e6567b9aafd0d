package shell

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"go.uber.org/goleak"
)

// long is more than any step of these tests takes on a busy machine.
const long = 30 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, o Options) *Shell {
	t.Helper()
	if o.Home == "" {
		o.Home = t.TempDir()
	}
	s, err := Start(o)
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	t.Cleanup(func() { gomega.NewWithT(t).Expect(s.Close()).To(gomega.Succeed()) })
	return s
}

func run(t *testing.T, s *Shell, command string) Result {
	t.Helper()
	result, err := s.Run(t.Context(), command, long)
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return result
}

func TestWhatAStepChangesTheNextOneFinds(t *testing.T) {
	g := gomega.NewWithT(t)
	s := open(t, Options{})
	run(t, s, "mkdir charts && cd charts\nexport IP=10.0.0.1\nlocal_one='two words'\ngreet() { echo \"hello $1\"; }")
	g.Expect(run(t, s, "basename \"$PWD\"; echo $IP; echo \"$local_one\"; greet you").Output).To(gomega.Equal("charts\n10.0.0.1\ntwo words\nhello you\n"))
	g.Expect(run(t, s, "bash -c 'echo $IP'").Output).To(gomega.Equal("10.0.0.1\n"))
}

func TestBothOutputsComeInTheirOrder(t *testing.T) {
	g := gomega.NewWithT(t)
	s := open(t, Options{})
	result := run(t, s, "echo one; echo two >&2; echo three; printf four >&2; false")
	g.Expect(result.Output).To(gomega.Equal("one\ntwo\nthree\nfour"))
	g.Expect(result.Exit).To(gomega.Equal(1))
	g.Expect(run(t, s, "true").Exit).To(gomega.Equal(0))
}

func TestAStepCanHaveEveryShape(t *testing.T) {
	g := gomega.NewWithT(t)
	s := open(t, Options{})
	for command, want := range map[string]string{
		"cat <<'EOF' | tr a-z A-Z\na $HOME\nb\nEOF":       "A $HOME\nB\n",
		"echo one \\\n  two":                              "one two\n",
		"for i in 1 2; do\n  echo $i\ndone":               "1\n2\n",
		"# only a remark":                                 "",
		"(cd / && pwd); exec 3>&1; echo x >&3; exec 3>&-": "/\nx\n",
		"printf 'a\\0b'":                                  "a\x00b",
	} {
		g.Expect(run(t, s, command).Output).To(gomega.Equal(want), command)
	}
	g.Expect(run(t, s, "if").Exit).ToNot(gomega.BeZero(), "what is no command fails as a step")
	g.Expect(run(t, s, "echo still here").Output).To(gomega.Equal("still here\n"))
}

func TestOutputThatAStepRedirectsComesBack(t *testing.T) {
	g := gomega.NewWithT(t)
	s := open(t, Options{})
	run(t, s, "exec > log 2>&1; echo to the log")
	g.Expect(run(t, s, "cat log").Output).To(gomega.Equal("to the log\n"))
}

func TestACommandThatReadsFindsTheEnd(t *testing.T) {
	g := gomega.NewWithT(t)
	s := open(t, Options{})
	g.Expect(run(t, s, "cat; read -r answer; echo \"[$answer]\"").Output).To(gomega.Equal("[]\n"))
	g.Expect(run(t, s, "read -r answer </dev/tty").Exit).ToNot(gomega.BeZero(), "there is no terminal")
	g.Expect(run(t, s, "printf 'Do you want to continue? [y/N] '; read -r answer").Asks).To(gomega.Equal(true))
}

func TestAQuestionIsToldFromAnAnswer(t *testing.T) {
	g := gomega.NewWithT(t)
	for output, want := range map[string]bool{
		"Continue? [y/N] ": true, "Are you sure (yes/no/[fingerprint])? ": true, "Password: ": true, "Enter passphrase for key:": true, "Which one?": true,
		"": false, "Is it ready?\n": false, "NAME\nredis": false, "done: ": false,
	} {
		g.Expect(asks(output)).To(gomega.Equal(want), output)
	}
}

func TestAStepThatNeverEndsIsEndedWithAllItHasStarted(t *testing.T) {
	g := gomega.NewWithT(t)
	s := open(t, Options{})
	run(t, s, "export KEPT=yes; cd /")
	for _, endless := range []string{"sleep 1000 & echo $! > ~/pid; echo begun; sleep 1000", "sleep 1000 & echo $! > ~/pid; echo begun; while :; do :; done"} {
		result, err := s.Run(t.Context(), endless, time.Second)
		for more := 4 * time.Second; result.Output == "" && more < long; more *= 2 { // The machine is too busy to begin.
			g.Expect(err).ToNot(gomega.HaveOccurred())
			result, err = s.Run(t.Context(), endless, more)
		}
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Expect(result.TimedOut).To(gomega.Equal(true))
		g.Expect(result.Output).To(gomega.HavePrefix("begun\n"))
		pid, err := os.ReadFile(filepath.Join(s.options.Home, "pid"))
		g.Expect(err).ToNot(gomega.HaveOccurred())
		g.Eventually(func() []int { return alive(t, strings.TrimSpace(string(pid))) }, long).Should(gomega.BeEmpty())
		g.Expect(run(t, s, "echo $KEPT; pwd").Output).To(gomega.Equal("yes\n/\n"), "what came before it stays")
	}
}

// alive gives the process if it runs.
func alive(t *testing.T, pid string) []int {
	t.Helper()
	number, err := strconv.Atoi(pid)
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", number))
	if err != nil || strings.Contains(string(status), ") Z ") {
		return nil
	}
	return []int{number}
}

func TestAStepThatLeavesTheShellDoesNotEndTheDocument(t *testing.T) {
	g := gomega.NewWithT(t)
	s := open(t, Options{})
	run(t, s, "export KEPT=yes")
	result := run(t, s, "echo bye; exit 3")
	g.Expect(result).To(gomega.And(gomega.HaveField("Left", true), gomega.HaveField("Exit", 3), gomega.HaveField("Output", "bye\n")))
	g.Expect(run(t, s, "echo $KEPT").Output).To(gomega.Equal("yes\n"))
}

func TestACallerThatStopsIsTold(t *testing.T) {
	g := gomega.NewWithT(t)
	s := open(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	_, err := s.Run(ctx, "sleep 1000", long)
	g.Expect(err).To(gomega.MatchError(context.Canceled))
	g.Expect(err).To(gomega.MatchError(gomega.HavePrefix(`running "sleep 1000": `)))
}

func TestCloseEndsWhatIsInTheBackground(t *testing.T) {
	g := gomega.NewWithT(t)
	home := t.TempDir()
	s, err := Start(Options{Home: home})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	pid := strings.TrimSpace(run(t, s, "sleep 1000 & echo $!").Output)
	g.Expect(alive(t, pid)).ToNot(gomega.BeEmpty())
	g.Expect(s.Close()).To(gomega.Succeed())
	g.Eventually(func() []int { return alive(t, pid) }, long).Should(gomega.BeEmpty())
	g.Expect(filepath.Glob(filepath.Join(home, ".shell-*"))).To(gomega.BeEmpty())
}

func TestTheWantedCommandsComeFirstAndTheRestOfTheEnvironmentStaysOut(t *testing.T) {
	g := gomega.NewWithT(t)
	t.Setenv("SECRET_OF_THE_AUTHOR", "42")
	bin := t.TempDir()
	g.Expect(os.WriteFile(filepath.Join(bin, "helm"), []byte("#!/bin/sh\necho the pinned one\n"), 0o600)).To(gomega.Succeed())
	g.Expect(os.Chmod(filepath.Join(bin, "helm"), 0o700)).To(gomega.Succeed()) //nolint:gosec // A command must be executable.
	s := open(t, Options{Path: []string{bin}, Env: []string{"KUBECONFIG=/somewhere"}})
	g.Expect(run(t, s, "helm; echo $KUBECONFIG; echo ${SECRET_OF_THE_AUTHOR-nothing}; echo $HOME").Output).To(gomega.Equal(
		"the pinned one\n/somewhere\nnothing\n" + s.options.Home + "\n"))
}

func TestALotOfOutputArrivesWhole(t *testing.T) {
	g := gomega.NewWithT(t)
	s := open(t, Options{})
	g.Expect(run(t, s, "seq 200000").Output).To(gomega.HaveSuffix("199999\n200000\n"))
}

func TestAFolderThatIsNotThereIsNamed(t *testing.T) {
	g := gomega.NewWithT(t)
	_, err := Start(Options{Home: t.TempDir(), Dir: "/no/such/folder"})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`starting a shell in "/no/such/folder"`)))
}

func TestBashSpeaksAsInATerminal(t *testing.T) {
	g := gomega.NewWithT(t)
	s := open(t, Options{})
	result := run(t, s, "no-such-command x")
	g.Expect(result.Output).To(gomega.Equal("bash: no-such-command: command not found\n"))
	g.Expect(result.Exit).To(gomega.Equal(127))
}

func TestRootNeedsNoSudo(t *testing.T) {
	g := gomega.NewWithT(t)
	if os.Geteuid() != 0 {
		t.Skip("only root goes without the real sudo")
	}
	s := open(t, Options{Env: []string{"KUBECONFIG=mine"}})
	g.Expect(run(t, s, "sudo -E -u nobody A=b bash -c 'echo $KUBECONFIG $A'").Output).To(gomega.Equal("mine b\n"))
}
