package telling_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/report"
	"seatrial/tools/internal/telling"
)

// files are a place that is no terminal.
type files struct {
	*gomega.WithT
	telling.Place
}

func newFiles(t *testing.T, env map[string]string) files {
	t.Helper()
	f := files{WithT: gomega.NewWithT(t)}
	dir := t.TempDir()
	var err error
	f.Out, err = os.Create(filepath.Join(dir, "out"))
	f.Expect(err).ToNot(gomega.HaveOccurred())
	f.Err, err = os.Create(filepath.Join(dir, "err"))
	f.Expect(err).ToNot(gomega.HaveOccurred())
	t.Cleanup(func() { f.Expect(errors.Join(f.Out.Close(), f.Err.Close())).To(gomega.Succeed()) })
	f.Getenv = func(name string) string { return env[name] }
	return f
}

// told is what stands in a file, without the times.
func (f files) told(file *os.File) string {
	content, err := os.ReadFile(file.Name())
	f.Expect(err).ToNot(gomega.HaveOccurred())
	return strings.ReplaceAll(string(content), "    0.0s  ", "")
}

// install is a command that installs a package.
func install(ctx context.Context, to telling.Telling) error {
	const phase = "install podman"
	err := to.Try(phase, func() error {
		said := to.Lines(phase)
		_, _ = fmt.Fprint(said, "Unpacking po")
		_, _ = fmt.Fprint(said, "dman\n\n 10%\r 50%\r100%\x1b[K\nE: no")
		return nil
	})
	to.Log(phase).With("engine", "podman").WarnContext(ctx, "settings do not count", "file", "containers.conf")
	_, _ = fmt.Fprintln(to.Out, "podman works")
	return err
}

func TestEachLineOfAProgramIsWhatIsBeingDone(t *testing.T) {
	f := newFiles(t, nil)
	f.Expect(telling.Run(t.Context(), "engine", f.Place, install)).To(gomega.Equal(0))
	f.Expect(f.told(f.Err)).To(gomega.Equal(strings.TrimPrefix(`
          install podman
          install podman: Unpacking podman
          install podman: 100%
          install podman  (0.0 s)
          settings do not count, podman, containers.conf
`, "\n")))
	f.Expect(f.told(f.Out)).To(gomega.Equal("podman works\n"), "the answer is for programs, too")
}

func TestInAWorkflowPhasesAreFolded(t *testing.T) {
	f := newFiles(t, map[string]string{"GITHUB_ACTIONS": "true"})
	f.Expect(telling.Run(t.Context(), "engine", f.Place, install)).To(gomega.Equal(0))
	f.Expect(f.told(f.Err)).To(gomega.HavePrefix("::group::install podman\n"))
	f.Expect(strings.Count(f.told(f.Err), "::endgroup::\n")).To(gomega.Equal(1))
}

func TestAnErrorIsToldOnceAndBrokenBetweenWords(t *testing.T) {
	f := newFiles(t, nil)
	code := telling.Run(t.Context(), "engine", f.Place, func(_ context.Context, to telling.Telling) error {
		return to.Try("find", func() error { return errors.New("none can run nodes" + strings.Repeat(" for a reason", 8)) })
	})
	f.Expect(code).To(gomega.Equal(1))
	f.Expect(f.told(f.Err)).To(gomega.ContainSubstring("          find  (given up after 0.0 s)\n"))
	f.Expect(f.told(f.Err)).To(gomega.ContainSubstring("\nengine: none can run nodes for a reason"))
	for line := range strings.Lines(f.told(f.Err)) {
		f.Expect(len(line)).To(gomega.BeNumerically("<=", 81), line)
	}
}

func TestWhoAsksForHelpHasMadeNoMistake(t *testing.T) {
	f := newFiles(t, nil)
	f.Expect(telling.Run(t.Context(), "engine", f.Place, func(context.Context, telling.Telling) error { return flag.ErrHelp })).To(gomega.Equal(0))
}

func TestAnInterruptIsSaidAndIsTheCause(t *testing.T) {
	for name, command := range map[string]func(ctx context.Context) error{
		"of an error that has it": func(ctx context.Context) error { return fmt.Errorf("compiling: %w", context.Cause(ctx)) },
		"of one that has not":     func(context.Context) error { return errors.New("exit status 130") },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFiles(t, nil)
			code := telling.Run(t.Context(), "engine", f.Place, func(ctx context.Context, to telling.Telling) error {
				return to.Try("compile", func() error {
					f.Expect(syscall.Kill(syscall.Getpid(), syscall.SIGINT)).To(gomega.Succeed())
					<-ctx.Done()
					f.Eventually(func() string { return f.told(f.Err) }).Should(gomega.ContainSubstring("interrupt again"))
					return command(ctx)
				})
			})
			f.Expect(code).To(gomega.Equal(1))
			f.Expect(f.told(f.Err)).To(gomega.ContainSubstring("engine: interrupted: cleaning up\nengine: interrupt again to end at once\n"))
			f.Expect(strings.Count(f.told(f.Err), "interrupt signal received")).To(gomega.Equal(1))
			f.Expect(f.told(f.Err)).To(gomega.ContainSubstring("compile  (given up after"))
		})
	}
}

func TestWhatALogSaysBelowAWarningIsOnlyWhatIsBeingDone(t *testing.T) {
	g := gomega.NewWithT(t)
	var events []report.Event
	to := telling.Telling{Stream: report.NewStream(nil, report.SinkFunc(func(e report.Event) { events = append(events, e) }))}
	to.Log("find").DebugContext(t.Context(), "probing", "step", "run\n  --rm")
	g.Expect(events).To(gomega.HaveLen(1))
	g.Expect(*events[0].Doing).To(gomega.Equal(report.Doing{Phase: "find", What: "probing, run --rm"}))
}
