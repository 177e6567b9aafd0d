package resilience

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/outcome"
)

const (
	killedTimeout = 12 * time.Minute
	// goneTimeout is how long what a killed run has started may outlive it.
	goneTimeout = time.Minute
)

// Whoever runs the harness may lose patience, or power.
var _ = Describe("A run that is killed", Label("killed"), func() {
	It("at any phase leaves nothing that the next run does not sweep up, and that run passes", func(ctx SpecContext) {
		seatrial := buildSeatrial(ctx)
		table := outcome.New("killed", "Runs that are killed with SIGKILL, on provider embedded")
		for _, phase := range []struct{ name, line string }{
			{"while the cluster is brought up", "starting the embedded control plane"},
			{"when the cluster is ready", "ready after"},
			{"while the release is installed", "helm install guestbook-demo"},
			{"while it is upgraded", "helm upgrade guestbook-demo ./guestbook --set"},
			{"while it is rolled back", "helm rollback guestbook-demo"},
			{"while it is uninstalled", "helm uninstall guestbook-demo"},
			{"while the cluster is taken down", "take down the cluster"},
		} {
			m := newMachine(seatrial)
			row := outcome.Row{Done: "seatrial demo, killed " + phase.name, Expected: "what it started is gone; the next run sweeps up its files and passes"}
			row.Happened, row.Held = m.killed(ctx, phase.line)
			table.Add(row)
		}
		publish(table)
	}, NodeTimeout(killedTimeout))
})

var _ = Describe("Two runs at once", Label("killed"), func() {
	It("on one machine do not meet", func(ctx SpecContext) {
		m := newMachine(buildSeatrial(ctx))
		var both sync.WaitGroup
		answers := make([]string, 2)
		for i := range answers {
			both.Go(func() { answers[i] = m.passes(ctx, "demo", "--provider", "embedded") })
		}
		both.Wait()
		Expect(answers).To(HaveEach(BeEmpty()))
		Expect(m.left()).To(BeEmpty())
	}, NodeTimeout(killedTimeout))
})

// machine is where a user runs seatrial: folders for temporary files and evidence that nobody else has.
type machine struct {
	seatrial, temp string
	// before are words of a command that seatrial is started by.
	before []string
	env    []string
}

func newMachine(seatrial string) *machine {
	GinkgoHelper()
	temp, err := filepath.EvalSymlinks(GinkgoT().TempDir())
	Expect(err).ToNot(HaveOccurred())
	return &machine{seatrial: seatrial, temp: temp}
}

func (m *machine) command(ctx context.Context, args ...string) *exec.Cmd {
	words := append(append([]string(nil), m.before...), append([]string{m.seatrial}, args...)...)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Env = append(append(os.Environ(), "TMPDIR="+m.temp, "SEATRIAL_ARTIFACTS="+filepath.Join(m.temp, "artifacts")), m.env...)
	return cmd
}

// passes runs a command to its end, and tells what is wrong if it does not pass.
func (m *machine) passes(ctx context.Context, args ...string) string {
	out, err := m.command(ctx, args...).CombinedOutput()
	if err != nil {
		return fmt.Sprintf("%v: %s", err, lastLines(string(out)))
	}
	return ""
}

// killed kills a run as soon as it says a line, and looks at what is left, and at the next run.
func (m *machine) killed(ctx context.Context, line string) (happened string, held bool) {
	cmd := m.command(ctx, "demo", "--provider", "embedded")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err.Error(), false
	}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	if err := cmd.Start(); err != nil {
		return err.Error(), false
	}
	seen := saysLine(out, line)
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // It was killed.
	if !seen {
		return fmt.Sprintf("it ended before it said %q: %s", line, complaint.String()), false
	}
	files := len(m.folders())
	if still := m.outlive(ctx); len(still) > 0 {
		return "still running: " + strings.Join(still, ", "), false
	}
	if wrong := m.passes(ctx, "demo", "--provider", "embedded"); wrong != "" {
		return "the next run: " + wrong, false
	}
	if left := m.left(); len(left) > 0 {
		return "left after the next run: " + strings.Join(left, ", "), false
	}
	return fmt.Sprintf("nothing runs on; %d folders were left, and swept up by the next run, which passed", files), true
}

// saysLine reads until a line has some words.
func saysLine(out io.Reader, words string) bool {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.Contains(lines.Text(), words) {
			return true
		}
	}
	return false
}

// outlive are the processes of a run that are there long after it has ended.
func (m *machine) outlive(ctx context.Context) (still []string) {
	limited, cancel := context.WithTimeout(ctx, goneTimeout)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		if still = m.processes(); len(still) == 0 {
			return nil
		}
		select {
		case <-limited.Done():
			return still
		case <-ticker.C:
		}
	}
}

// processes are those that work in the machine's folder for temporary files.
func (m *machine) processes() []string {
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return nil
	}
	var found []string
	for _, file := range files {
		line, err := os.ReadFile(file)
		words := strings.Join(strings.Split(string(line), "\x00"), " ")
		if err == nil && strings.Contains(words, m.temp+"/seatrial-") {
			found = append(found, words)
		}
	}
	return found
}

func (m *machine) folders() []string {
	found, err := filepath.Glob(filepath.Join(m.temp, "seatrial-*"))
	if err != nil {
		return []string{err.Error()}
	}
	return found
}

// left is all that there is after runs that have ended.
func (m *machine) left() []string { return append(m.processes(), m.folders()...) }
