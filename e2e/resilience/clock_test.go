package resilience

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"seatrial/e2e/framework/fault/clock"
	"seatrial/e2e/framework/outcome"
)

const (
	clockTimeout = 8 * time.Minute
	// longestRun is more seconds than any part of a run takes, and fewer than any clock here jumps by.
	longestRun = 300
)

// A laptop wakes up, or a virtual machine is moved. The clock of seatrial jumps; that of the programs it has started is the
// machine's.
var _ = Describe("A wall clock that jumps", Label("machine"), func() {
	It("changes no wait and no duration", func(ctx SpecContext) {
		seatrial := buildSeatrial(ctx)
		table := outcome.New("clock", "Wall clocks that jump in the middle of a run, on provider embedded")
		const hour = time.Hour
		for _, one := range []struct {
			name  string
			jumps map[string]time.Duration
			// told is what the error has; empty if the run passes.
			told string
		}{
			{"a day ahead, when the cluster is ready, and back again", map[string]time.Duration{"ready after": 24 * hour, "helm rollback guestbook-demo": 0}, ""},
			{"half an hour back, when the cluster is ready", map[string]time.Duration{"ready after": -hour / 2}, ""},
			{"half an hour ahead and an hour back, by turns", map[string]time.Duration{"ready after": hour / 2, "helm upgrade guestbook-demo": -hour / 2, "helm uninstall": hour / 2}, ""},
			{"a day back, when the cluster is ready", map[string]time.Duration{"ready after": -24 * hour}, ""},
			// The certificates of the control plane are good from two days before it was started.
			{"three days back, when the cluster is ready", map[string]time.Duration{"ready after": -72 * hour}, "not yet valid"},
		} {
			row := outcome.Row{Done: "seatrial demo, whose clock jumps " + one.name, Expected: "it passes, in no more than minutes"}
			if one.told != "" {
				row.Expected = fmt.Sprintf("exit code 1, with %q", one.told)
			}
			row.Happened, row.Held = newMachine(seatrial).jumps(ctx, one.jumps, one.told)
			table.Add(row)
		}
		publish(table)
	}, NodeTimeout(clockTimeout))
})

// jumps lets the clock of a run jump whenever it says certain words for the first time.
func (m *machine) jumps(ctx context.Context, jumps map[string]time.Duration, told string) (happened string, held bool) {
	cmd := m.command(ctx, "demo", "--provider", "embedded")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err.Error(), false
	}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	c := &clock.Clock{}
	if err := c.Start(cmd); errors.Is(err, clock.ErrUnavailable) {
		return "not tried: " + err.Error(), true
	} else if err != nil {
		return err.Error(), false
	}
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		fmt.Fprintln(&said, lines.Text())
		for words, ahead := range jumps {
			if strings.Contains(lines.Text(), words) {
				c.Set(ahead)
				delete(jumps, words)
			}
		}
	}
	err = cmd.Wait()
	all := said.String() + complaint.String()
	switch {
	case len(jumps) > 0:
		return fmt.Sprintf("it never said %v: %s", jumps, lastLines(all)), false
	case longest(all) > longestRun:
		return fmt.Sprintf("it tells of %.0f seconds", longest(all)), false
	case told != "":
		return fmt.Sprintf("%v: %s", err, lastLines(all)), cmd.ProcessState.ExitCode() == 1 && strings.Contains(all, told)
	case err != nil:
		return fmt.Sprintf("%v: %s", err, lastLines(all)), false
	}
	if left := m.left(); len(left) > 0 {
		return "left: " + strings.Join(left, ", "), false
	}
	return fmt.Sprintf("passed, and tells of no more than %.1f s, having asked for the time %d times", longest(all), c.Asked()), true
}

var inSeconds = regexp.MustCompile(`\b(\d+(?:\.\d+)?) ?s\b`)

// longest is the longest duration that a text tells of, in seconds; one in minutes or hours is longer than any.
func longest(text string) float64 {
	longest := 0.0
	for _, found := range inSeconds.FindAllStringSubmatch(text, -1) {
		if seconds, err := strconv.ParseFloat(found[1], 64); err == nil {
			longest = max(longest, seconds)
		}
	}
	if regexp.MustCompile(`\b\d+ ?h\b|\b\d+h\d+m`).MatchString(text) {
		return 2 * longestRun
	}
	return longest
}
