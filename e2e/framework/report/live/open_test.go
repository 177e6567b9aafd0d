package live_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/onsi/gomega"

	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/report/live"
	"seatrial/e2e/framework/report/paint"
)

// asProgram makes TestAProgramThatTells tell.
const asProgram = "SEATRIAL_TEST_TELLS"

// TestAProgramThatTells is the program that other tests start: it tells a short run as a command does, and writes to its
// standard error in between.
func TestAProgramThatTells(t *testing.T) {
	if os.Getenv(asProgram) == "" {
		t.Log("it is for other tests to start")
		return
	}
	out, errs := live.Open(os.Stdout, os.Stderr, os.Getenv)
	teller := live.New(live.Options{Out: out, Paint: paint.For(paint.Place{Terminal: live.Terminal(out), Getenv: os.Getenv})})
	stream := report.NewStream(nil, teller)
	stream.Begin("seatrial")
	end := stream.Phase("build")
	for i := range 5 {
		stream.Doing(report.Doing{Phase: "build", What: fmt.Sprintf("part %d", i)})
		fmt.Fprintf(errs, "beside %d\n", i)
		<-time.After(250 * time.Millisecond) // So long that what changes is drawn.
	}
	end()
	stream.Finish(nil)
	teller.Close()
	os.Stdout = nowhere(t) // What the testing package says is not the program's.
}

func nowhere(t *testing.T) *os.File {
	t.Helper()
	file, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return file
}

// program is the one that tells, with an environment.
func program(t *testing.T, env ...string) *exec.Cmd {
	t.Helper()
	//nolint:gosec // It is this very program.
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAProgramThatTells$")
	cmd.Env = append(append(os.Environ(), asProgram+"=1", "NO_COLOR=", "CLICOLOR_FORCE="), env...)
	return cmd
}

// onTerminal runs a program on a terminal of its own, and gives all that came.
func onTerminal(t *testing.T, cmd *exec.Cmd, width, height uint16) []byte {
	t.Helper()
	g := gomega.NewWithT(t)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: width, Rows: height})
	g.Expect(err).ToNot(gomega.HaveOccurred())
	var came bytes.Buffer
	// When nobody has the terminal open any more, Linux calls that an error of the device.
	if _, err := io.Copy(&came, tty); !errors.Is(err, syscall.EIO) {
		g.Expect(err).ToNot(gomega.HaveOccurred())
	}
	g.Expect(cmd.Wait()).To(gomega.Succeed(), came.String())
	g.Expect(tty.Close()).To(gomega.Succeed())
	return came.Bytes()
}

func TestOnARealTerminalNothingOfBothOutputsIsLost(t *testing.T) {
	g := gomega.NewWithT(t)
	came := onTerminal(t, program(t, "TERM=xterm-256color"), 30, 10)
	g.Expect(string(came)).To(gomega.ContainSubstring("  build: part "), "it was shown while it was done")
	tty := newTerminal(30, 10)
	_, err := tty.emulator.Write(came)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	lines := tty.lines()
	g.Expect(lines[:len(lines)-1]).To(gomega.Equal([]string{"beside 0", "beside 1", "beside 2", "beside 3", "beside 4"}))
	g.Expect(lines[len(lines)-1]).To(gomega.HavePrefix("          build  ("))
}

func TestADumbTerminalGetsLinesOnly(t *testing.T) {
	g := gomega.NewWithT(t)
	came := string(onTerminal(t, program(t, "TERM=dumb"), 80, 24))
	g.Expect(came).ToNot(gomega.ContainSubstring("\x1b"))
	g.Expect(came).To(gomega.ContainSubstring("            build: part 4\r\n"))
}

func TestAFileGetsLinesOnly(t *testing.T) {
	g := gomega.NewWithT(t)
	cmd := program(t, "TERM=xterm-256color")
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	g.Expect(cmd.Run()).To(gomega.Succeed())
	g.Expect(out.String()).ToNot(gomega.ContainSubstring("\x1b"))
	g.Expect(out.String()).To(gomega.ContainSubstring("            build: part 4\n"))
	g.Expect(errs.String()).To(gomega.Equal("beside 0\nbeside 1\nbeside 2\nbeside 3\nbeside 4\n"))
}

func TestNoColourMeansNoColourAndStillShowsWhatIsUnderWay(t *testing.T) {
	g := gomega.NewWithT(t)
	came := string(onTerminal(t, program(t, "TERM=xterm-256color", "NO_COLOR=1"), 80, 24))
	g.Expect(came).ToNot(gomega.MatchRegexp("\x1b\\[[0-9;]*m"))
	g.Expect(came).To(gomega.ContainSubstring("\x1b["))
}
