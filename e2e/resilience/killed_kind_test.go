package resilience

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/engine"
	"seatrial/e2e/framework/outcome"
)

const killedOnKindTimeout = 15 * time.Minute

// A killed run on kind leaves containers, which do not end with it. Each run here comes after a killed one; in the end two come at
// once, and both find what the last one has left.
var _ = Describe("A run on provider kind that is killed", Label("killed", "nodes"), func() {
	if assets.FromEnvironment().NoNodes() {
		return // The provider that is wanted has none.
	}
	It("at any phase leaves nothing that later runs do not sweep up, and two that come at once both pass", func(ctx SpecContext) {
		m := newKindMachine(ctx)
		table := outcome.New("killed-on-kind", "Runs that are killed with SIGKILL, on provider kind")
		rows := []outcome.Row{}
		var pids []int
		for _, phase := range []struct{ name, line string }{
			{"while the nodes are made", "preparing nodes"},
			{"while the control plane is started", "starting control-plane"},
			{"while images are loaded", "loading "},
			{"while the release is upgraded", "helm upgrade guestbook-demo ./guestbook --set"},
		} {
			row := outcome.Row{Done: "seatrial demo, killed " + phase.name, Expected: "later runs remove what is left"}
			pid, err := m.killedAt(ctx, phase.line)
			left := m.leftOf(ctx, pid)
			row.Held, row.Happened = err == nil && len(left) > 0, "left: "+strings.Join(left, ", ")
			if err != nil {
				row.Happened = err.Error()
			}
			rows, pids = append(rows, row), append(pids, pid)
		}
		row := outcome.Row{Done: "seatrial demo, twice at once after that", Expected: "both pass, and nothing is left of any run", Happened: m.twice(ctx)}
		if row.Held = row.Happened == ""; row.Held {
			row.Happened = "both passed, and nothing is left"
		}
		m.look(ctx, rows, pids)
		table.Add(append(rows, row)...)
		publish(table)
	}, NodeTimeout(killedOnKindTimeout))
})

// kindMachine is a machine on which runs make kind clusters.
type kindMachine struct {
	*machine

	engine *engine.Engine
}

func newKindMachine(ctx SpecContext) *kindMachine {
	GinkgoHelper()
	found, err := assets.FindEngine(ctx, engine.Options{Want: preparedNodes().Engine})
	Expect(err).ToNot(HaveOccurred())
	return &kindMachine{machine: newMachine(buildSeatrial(ctx)), engine: found}
}

// killedAt kills a run as soon as it says a line.
func (m *kindMachine) killedAt(ctx context.Context, line string) (pid int, err error) {
	cmd := m.command(ctx, "demo", "--provider", "kind")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	seen := saysLine(out, line)
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // It was killed.
	if !seen {
		err = fmt.Errorf("it ended before it said %q: %s", line, complaint.String())
	}
	return cmd.Process.Pid, err
}

// twice runs two at once, and tells what is wrong with either.
func (m *kindMachine) twice(ctx context.Context) string {
	var both sync.WaitGroup
	answers := make([]string, 2)
	for i := range answers {
		both.Go(func() {
			cmd := m.command(ctx, "demo", "--provider", "kind")
			out, err := cmd.CombinedOutput()
			if err != nil {
				answers[i] = fmt.Sprintf("%v: %s", err, lastLines(string(out)))
			} else if left := m.leftOf(ctx, cmd.Process.Pid); len(left) > 0 {
				answers[i] = "left: " + strings.Join(left, ", ")
			}
		})
	}
	both.Wait()
	all := m.left()
	for _, answer := range answers {
		if answer != "" {
			all = append(all, answer)
		}
	}
	return strings.Join(all, "; ")
}

// look completes the rows of killed runs when others have come and gone. It is not done before: a command of the engine that a
// killed run had begun may go on for a moment, and then it is the run after the next one that finds what it made.
func (m *kindMachine) look(ctx context.Context, rows []outcome.Row, pids []int) {
	for i := range rows {
		if left := m.leftOf(ctx, pids[i]); rows[i].Held && len(left) > 0 {
			rows[i].Held = false
			rows[i].Happened += "; and after later runs: " + strings.Join(left, ", ")
		}
	}
}

// leftOf is what there is of a process: containers, their disks, and files in the folder of clusters. All have its number in
// their names.
func (m *kindMachine) leftOf(ctx context.Context, pid int) []string {
	cache, err := assets.Cache()
	if err != nil {
		return []string{err.Error()}
	}
	mark := "-" + strconv.FormatInt(int64(pid), 36) + "-"
	var left []string
	for _, list := range [][]string{
		{"ps", "--all", "--format", "container {{.Names}}"},
		{"volume", "ls", "--format", "disk {{.Labels}}"},
	} {
		out, err := m.engine.Run(ctx, list...)
		if err != nil {
			return []string{err.Error()}
		}
		for line := range strings.Lines(out) {
			if strings.Contains(line, mark) {
				left = append(left, strings.TrimSpace(line))
			}
		}
	}
	files, err := os.ReadDir(filepath.Join(cache, "clusters"))
	if err != nil {
		return []string{err.Error()}
	}
	for _, file := range files {
		if strings.Contains(file.Name(), mark) {
			left = append(left, "file "+file.Name())
		}
	}
	return left
}
