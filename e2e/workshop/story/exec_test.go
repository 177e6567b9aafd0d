package story

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/onsi/gomega"
)

// localShell is one of this machine: the same program, reached by pipes instead of a cluster.
func localShell(t *testing.T) *shell {
	t.Helper()
	g := gomega.NewWithT(t)
	output, stdout := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	sh := exec.CommandContext(ctx, "sh")
	stdin, err := sh.StdinPipe()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	sh.Stdout, sh.Stderr = stdout, stdout
	sh.WaitDelay = time.Second
	g.Expect(sh.Start()).To(gomega.Succeed())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = sh.Wait()
		stdout.CloseWithError(errors.New("it has ended"))
	}()
	end := sync.OnceFunc(func() {
		_ = stdin.Close()
		cancel()
		_ = output.Close()
		<-ended
	})
	t.Cleanup(end)
	return &shell{pod: "redis-master-1", stdin: stdin, printed: bufio.NewReader(output), end: end, mark: "done-1"}
}

func TestShellRunsOneCommandAfterTheOther(t *testing.T) {
	sh := localShell(t)
	for _, c := range []struct{ command, want string }{
		{"echo one", "one\n"},
		{"printf 'no last newline'", "no last newline"},
		{"true", ""},
		{"echo beside >&2", "beside\n"},
		{"cat", ""}, // It does not get the commands to come.
		{"printf '\\n\\n'", "\n\n"},
		{"echo 'a done-1 0'", "a done-1 0\n"},
		{"if true; then echo several\necho lines; fi", "several\nlines\n"},
	} {
		g := gomega.NewWithT(t)
		printed, sane, err := sh.run(t.Context(), c.command)
		g.Expect(err).ToNot(gomega.HaveOccurred(), c.command)
		g.Expect(sane).To(gomega.BeTrueBecause("the shell lives on after %s", c.command))
		g.Expect(printed).To(gomega.Equal(c.want), c.command)
	}
}

func TestShellLivesOnAfterACommandThatFails(t *testing.T) {
	g := gomega.NewWithT(t)
	sh := localShell(t)
	_, sane, err := sh.run(t.Context(), "echo refused; (exit 4)")
	g.Expect(err).To(gomega.MatchError(`running "echo refused; (exit 4)" in pod "redis-master-1": exit code 4: refused`))
	g.Expect(sane).To(gomega.BeTrueBecause("the shell lives on"))
	printed, _, err := sh.run(t.Context(), "echo still here")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(printed).To(gomega.Equal("still here\n"))
}

func TestShellThatIsGoneSaysSo(t *testing.T) {
	g := gomega.NewWithT(t)
	sh := localShell(t)
	_, sane, err := sh.run(t.Context(), "exit 3")
	g.Expect(sane).To(gomega.BeFalseBecause("the shell is of no more use"))
	g.Expect(err).To(gomega.MatchError(`running "exit 3" in a shell of pod "redis-master-1": it has ended`))
	_, sane, err = sh.run(t.Context(), "echo anybody")
	g.Expect(sane).To(gomega.BeFalseBecause("the shell is of no more use"))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("it has ended")))
}

func TestShellObeysItsContext(t *testing.T) {
	g := gomega.NewWithT(t)
	sh := localShell(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, sane, err := sh.run(ctx, "sleep 60")
	g.Expect(err).To(gomega.MatchError(context.DeadlineExceeded))
	g.Expect(sane).To(gomega.BeFalseBecause("the shell is of no more use"))
}
