package helm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/onsi/gomega"
)

// aHelm is a helm command that does what a script says.
func aHelm(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "helm")
	// A process that another test starts meanwhile would have the file open for a moment, and what is open is not run.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil { //nolint:gosec // It is to be run.
		t.Fatal(err)
	}
	return path
}

func aChart(t *testing.T) *Chart {
	t.Helper()
	chart, err := Load(inFolder(t, map[string][]byte{"Chart.yaml": metadata("web"), "templates/a.yaml": []byte("a: 1")}))
	if err != nil {
		t.Fatal(err)
	}
	return chart
}

func TestAProcessThatRendersIsToldWhatToRenderAndHasNothingElse(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	seen := filepath.Join(t.TempDir(), "seen")
	chart := aChart(t)
	command := aHelm(t, fmt.Sprintf(`{ echo "$@"; cat; echo; ulimit -d; env; } > %q`, seen))
	g.Expect(Apart{Command: command, Release: "story", Namespace: "place"}.Render(t.Context(), chart, Values{"a": 1})).To(gomega.Succeed())
	content, err := os.ReadFile(seen)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(content)).To(gomega.HavePrefix("template story %s --namespace place --values -\n{\"a\":1}\n%d\n", chart.Path(), MaxMemory>>10))
	g.Expect(string(content)).To(gomega.ContainSubstring("KUBECONFIG=/dev/null\n"))
	g.Expect(string(content)).ToNot(gomega.ContainSubstring("HOME=" + os.Getenv("HOME") + "\n"))
}

func TestAProcessThatRendersWithAClusterChangesNothingThere(t *testing.T) {
	g := gomega.NewWithT(t)
	t.Setenv("HELM_DRIVER", "sql")
	seen := filepath.Join(t.TempDir(), "seen")
	chart := aChart(t)
	command := aHelm(t, fmt.Sprintf(`{ echo "$@"; env; } > %q`, seen))
	apart := Apart{Command: command, Release: "story", Namespace: "place", Kubeconfig: "mine.kubeconfig"}
	g.Expect(apart.Render(t.Context(), chart, nil)).To(gomega.Succeed())
	content, err := os.ReadFile(seen)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(string(content)).To(gomega.HavePrefix("install story %s --namespace place --values - --dry-run=server --kubeconfig mine.kubeconfig\n", chart.Path()))
	g.Expect(string(content)).ToNot(gomega.ContainSubstring("HELM_DRIVER"))
	g.Expect(string(content)).To(gomega.ContainSubstring("\nPATH=" + os.Getenv("PATH") + "\n"))
}

func TestHowAProcessThatRendersEndedIsTold(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ script, want string }{
		"well":                       {"true", ""},
		"with a fault of the chart":  {"echo 'Error: execution error' >&2; exit 1", ""},
		"without memory":             {"echo 'runtime: out of memory' >&2; echo 'fatal error: out of memory' >&2; exit 2", `the chart's templates loop, or make far too much: with 2048 MiB of memory, helm ended with exit status 2: fatal error: out of memory`},
		"with a stack without end":   {"echo 'runtime: goroutine stack exceeds' >&2; exit 1", "exit status 1: runtime: goroutine stack exceeds"},
		"killed by the system":       {"kill -9 $$", "helm ended with signal: killed: it says nothing"},
		"with words that do not end": {"head -c 1000000 /dev/zero >&2; exit 3", "exit status 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			err := Apart{Command: aHelm(t, test.script), Release: "story", Namespace: "place"}.Render(t.Context(), aChart(t), nil)
			if test.want == "" {
				g.Expect(err).ToNot(gomega.HaveOccurred())
				return
			}
			g.Expect(err).To(gomega.MatchError(ErrEndless))
			g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(test.want)))
			g.Expect(len(err.Error())).To(gomega.BeNumerically("<", 2*longestBeginning))
		})
	}
}

func TestAProcessThatRendersEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	failed := errors.New("nobody waits for it any more")
	started := filepath.Join(t.TempDir(), "started")
	command, chart := aHelm(t, fmt.Sprintf("touch %q; exec tail -f /dev/null", started)), aChart(t)
	done := make(chan error, 1)
	go func() { done <- Apart{Command: command, Release: "story", Namespace: "place"}.Render(ctx, chart, nil) }()
	g.Eventually(started).WithTimeout(RenderTimeout).Should(gomega.BeAnExistingFile())
	cancel(failed)
	g.Eventually(done).WithTimeout(RenderTimeout).Should(gomega.Receive(gomega.MatchError(failed)))
}

func TestAHelmCommandThatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	missing := filepath.Join(t.TempDir(), "helm")
	g.Expect(Apart{Command: missing, Release: "story", Namespace: "place"}.Render(t.Context(), aChart(t), nil)).To(gomega.MatchError(gomega.ContainSubstring(missing)))
}

// outlasting tells this test, started anew, to take memory as long as it is let.
const outlasting = "SEATRIAL_TEST_OUTLASTING"

func TestWhatGoesOnTakingMemoryWhenItWasLeftBehindEndsTheProcess(t *testing.T) {
	if os.Getenv(outlasting) != "" {
		ended := make(chan struct{})
		_, err := watched(bounds{heap: 16 << 20}, func() (int, error) {
			defer close(ended)
			return takeMemory(), nil
		})
		t.Logf("given up: %v", err)
		<-ended
		return
	}
	t.Parallel()
	g := gomega.NewWithT(t)
	self, err := os.Executable()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	again := exec.CommandContext(t.Context(), self, "-test.run", "^"+t.Name()+"$", "-test.v")
	again.Env = append(os.Environ(), outlasting+"=1")
	out, err := again.CombinedOutput()
	g.Expect(err).To(gomega.HaveOccurred())
	g.Expect(string(out)).To(gomega.ContainSubstring("left behind, they have taken"))
}

// takeMemory takes a gibibyte, in a second or more.
func takeMemory() int {
	var kept [][]byte
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for range 1 << 10 {
		<-ticker.C
		kept = append(kept, make([]byte, 1<<20))
	}
	return len(kept)
}
