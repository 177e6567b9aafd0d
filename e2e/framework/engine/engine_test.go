package engine

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"pgregory.net/rapid"
)

// shell is an engine that is no engine: a shell that runs what it is told.
func shell(t *testing.T) *Engine {
	t.Helper()
	path, err := exec.LookPath("sh")
	gomega.NewWithT(t).Expect(err).NotTo(gomega.HaveOccurred())
	return &Engine{Name: "shell", Path: path, Version: "1.0", Env: []string{"CONTAINERS_CONF=/a b/containers.conf"}}
}

func TestRunReturnsTheOutputAndSetsTheEnvironment(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	g.Expect(shell(t).Run(t.Context(), "-c", `printf ' %s\r\n\n' "$CONTAINERS_CONF"; echo noise >&2`)).
		To(gomega.Equal(" /a b/containers.conf"))
}

func TestRunErrorCanBeRepeatedAndExplainsItself(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	e := shell(t)
	_, err := e.Run(t.Context(), "-c", "echo 'it is broken' >&2; exit 125")
	run := as[*RunError](t, err)
	g.Expect(run.ExitCode).To(gomega.Equal(125))
	g.Expect(run.Stderr).To(gomega.Equal("it is broken"))
	g.Expect(run.Command).To(gomega.Equal(
		"CONTAINERS_CONF='/a b/containers.conf' " + e.Path + ` -c 'echo '\''it is broken'\'' >&2; exit 125'`))
	g.Expect(err).To(gomega.MatchError("running `" + run.Command + "`: exit status 125: it is broken"))
}

func TestRunErrorOfAMissingBinary(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	e := &Engine{Name: "none", Path: filepath.Join(t.TempDir(), "none")}
	_, err := e.Run(t.Context(), "version")
	run := as[*RunError](t, err)
	g.Expect(run.ExitCode).To(gomega.Equal(-1))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("no such file or directory")))
}

func TestStreamPassesBothWays(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	var out strings.Builder
	g.Expect(shell(t).Stream(t.Context(), strings.NewReader("cargo"), &out, "-c", "cat; echo")).To(gomega.Succeed())
	g.Expect(out.String()).To(gomega.Equal("cargo\n"))
}

func TestCancelledCallMayStillCleanUp(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("the user has seen enough")
	var out strings.Builder
	started := writerFunc(func(p []byte) (int, error) {
		cancel(reason)
		return out.Write(p)
	})
	err := shell(t).Stream(ctx, nil, started, "-c", "trap 'echo cleaned; exit 1' TERM; echo started; while :; do sleep 0.01; done")
	g.Expect(err).To(gomega.MatchError(reason))
	g.Expect(out.String()).To(gomega.Equal("started\ncleaned\n"))
}

// writerFunc is a function as a writer.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestOutlivingContextEndsLaterWithTheSameCause(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	parent, cancel := context.WithCancelCause(t.Context())
	ctx, release := outliving(parent, 50*time.Millisecond)
	defer release()
	reason := errors.New("stop")
	cancel(reason)
	g.Expect(ctx.Done()).NotTo(gomega.BeClosed())
	g.Eventually(ctx.Done()).Should(gomega.BeClosed())
	g.Expect(context.Cause(ctx)).To(gomega.Equal(reason))
}

func TestTailKeepsTheEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var all string
		kept := &tail{limit: rapid.IntRange(0, 20).Draw(r, "limit")}
		for _, part := range rapid.SliceOf(rapid.String()).Draw(r, "parts") {
			if n, err := kept.Write([]byte(part)); n != len(part) || err != nil {
				r.Fatalf("wrote %d of %d: %v", n, len(part), err)
			}
			all += part
		}
		if want := all[max(len(all)-kept.limit, 0):]; kept.String() != want {
			r.Fatalf("kept %q of %q", kept, all)
		}
	})
}
