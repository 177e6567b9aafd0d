package browser

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// The terminal that people have who have changed nothing.
const (
	columns = 80
	rows    = 24
)

// command is seatrial as a program, and the folder for all that it makes.
type command struct {
	path string
	root string // of the source tree, where it is run
	temp string
}

// build compiles it, as "go run" would.
func build(ctx SpecContext) command {
	GinkgoHelper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	Expect(err).ToNot(HaveOccurred())
	c := command{path: filepath.Join(GinkgoT().TempDir(), "seatrial"), root: root, temp: GinkgoT().TempDir()}
	compile := exec.CommandContext(ctx, "go", "build", "-o", c.path, "./tools/seatrial")
	compile.Dir = root
	said, err := compile.CombinedOutput()
	Expect(err).ToNot(HaveOccurred(), string(said))
	return c
}

// terminal is one with a program on it.
type terminal struct {
	tty *os.File
	cmd *exec.Cmd

	mutex sync.Mutex
	came  bytes.Buffer
	over  chan struct{}
}

// start starts the program on a terminal of its own.
func (c command) start(ctx context.Context, args ...string) *terminal {
	GinkgoHelper()
	t := &terminal{cmd: exec.CommandContext(ctx, c.path, args...), over: make(chan struct{})}
	t.cmd.Dir = c.root
	t.cmd.Env = append(os.Environ(), "TERM=xterm-256color", "TMPDIR="+c.temp, "NO_COLOR=", "CLICOLOR_FORCE=", "GITHUB_ACTIONS=")
	var err error
	t.tty, err = pty.StartWithSize(t.cmd, &pty.Winsize{Cols: columns, Rows: rows})
	Expect(err).ToNot(HaveOccurred())
	go t.read()
	return t
}

// read reads until nobody has the terminal open any more, which Linux calls an error of the device.
func (t *terminal) read() {
	defer close(t.over)
	chunk := make([]byte, 1<<12)
	for {
		n, err := t.tty.Read(chunk)
		t.mutex.Lock()
		t.came.Write(chunk[:n])
		t.mutex.Unlock()
		if err != nil {
			return
		}
	}
}

// typed types something.
func (t *terminal) typed(keys string) {
	GinkgoHelper()
	_, err := t.tty.WriteString(keys)
	Expect(err).ToNot(HaveOccurred())
}

// ended waits for the end of the program, and gives its exit code.
func (t *terminal) ended() int {
	GinkgoHelper()
	err := t.cmd.Wait()
	if _, exited := errors.AsType[*exec.ExitError](err); !exited {
		Expect(err).ToNot(HaveOccurred())
	}
	select {
	case <-t.over:
	case <-time.After(time.Minute):
		Fail("somebody still holds the terminal: " + t.screen())
	}
	Expect(t.tty.Close()).To(Succeed())
	return t.cmd.ProcessState.ExitCode()
}

// screen is all that somebody sees on the terminal, and can scroll back to.
func (t *terminal) screen() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	emulator := vt.NewEmulator(columns, rows)
	_, err := emulator.Write(t.came.Bytes())
	if err != nil {
		return err.Error()
	}
	var lines []string
	back := emulator.Scrollback()
	for i := range back.Len() {
		lines = append(lines, strings.TrimRight(back.Line(i).String(), " "))
	}
	for line := range strings.Lines(emulator.String()) {
		lines = append(lines, strings.TrimRight(line, "\r\n "))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// interrupt is what a terminal makes of Ctrl-C.
const interrupt = "\x03"
