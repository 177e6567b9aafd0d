package trial

import (
	"fmt"
	"strings"
	"time"

	"seatrial/e2e/framework/workshop"
)

const (
	// firstMoment is how long a command that follows something is looked at, doubled with each try.
	firstMoment = 3 * time.Second
	// servingTimeout is how long a command that serves gets to say that it does.
	servingTimeout = 15 * time.Second
	// tick is how often bash looks.
	tick = 100 * time.Millisecond
)

// follow runs a command for a moment, and ends it: that is how it is meant to end.
const follow = `set -m
{ %s
} </dev/null &
set +m
__seatrial_job=$!
for ((__seatrial_tick = 0; __seatrial_tick < %d; __seatrial_tick++)); do
  kill -0 $__seatrial_job 2>/dev/null || break
  sleep %.1f
done
{ if kill -0 $__seatrial_job; then kill -TERM -- -$__seatrial_job; wait $__seatrial_job; true; else wait $__seatrial_job; fi; } 2>/dev/null`

// serve lets a command run on while later ones use it, and ends the one before it that has the same port, as its reader
// has to. What it has printed until it says that it serves is its output.
const serve = `if [ -n "${%[2]s-}" ]; then { kill -TERM -- -$%[2]s; wait $%[2]s; } 2>/dev/null; fi
__seatrial_log=$(mktemp)
set -m
{ %[1]s
} >"$__seatrial_log" 2>&1 </dev/null &
set +m
%[2]s=$!
for ((__seatrial_tick = 0; __seatrial_tick < %[3]d; __seatrial_tick++)); do
  kill -0 $%[2]s 2>/dev/null || break
  grep -q -i -e 'forwarding from' -e 'starting to serve' -e 'serving' "$__seatrial_log" && break
  sleep %.1[4]f
done
cat "$__seatrial_log"; rm -f "$__seatrial_log"
if kill -0 $%[2]s 2>/dev/null; then true; else wait $%[2]s 2>/dev/null; fi`

// lasting is what bash gets for a command that does not end by itself.
func lasting(command string, moment time.Duration) string {
	how, port := workshop.Lasts(command)
	command = strings.TrimRight(strings.TrimSpace(command), "& \n")
	switch how {
	case workshop.Follows:
		return fmt.Sprintf(follow, command, ticks(moment), tick.Seconds())
	case workshop.Serves:
		return fmt.Sprintf(serve, command, "__seatrial_serves_"+port, ticks(servingTimeout), tick.Seconds())
	case workshop.Ends:
	}
	return command
}

func ticks(d time.Duration) int { return int(d / tick) }

// looks says that only a part of what a command prints can be compared: it was ended, or it is still running.
func looks(command string) bool {
	how, _ := workshop.Lasts(workshop.Watched(command))
	return how != workshop.Ends
}

// settled leaves of each object only the last line, as a watch tells of all changes and nobody knows how many there
// are; and what a server says of visitors that have not come yet.
func settled(command string, lines []workshop.Line) []workshop.Line {
	how, _ := workshop.Lasts(workshop.Watched(command))
	switch how {
	case workshop.Serves:
		return withoutVisitors(lines)
	case workshop.Follows:
		if strings.Contains(command, "logs") || strings.Contains(command, "tail ") {
			return lines
		}
		return lastOfEach(lines)
	case workshop.Ends:
	}
	return lines
}

func withoutVisitors(lines []workshop.Line) []workshop.Line {
	var kept []workshop.Line
	for _, l := range lines {
		if !strings.HasPrefix(l.Text, "Handling connection") && strings.TrimSpace(l.Text) != "^C" {
			kept = append(kept, l)
		}
	}
	return kept
}

func lastOfEach(lines []workshop.Line) []workshop.Line {
	last := map[string]int{}
	for i, l := range lines {
		name, _, _ := strings.Cut(l.Text, " ")
		last[name] = i
	}
	var kept []workshop.Line
	for i, l := range lines {
		name, _, _ := strings.Cut(l.Text, " ")
		if strings.TrimSpace(l.Text) == "^C" || name != "" && last[name] != i {
			continue
		}
		kept = append(kept, l)
	}
	return kept
}
