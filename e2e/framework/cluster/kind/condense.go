package kind

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"seatrial/e2e/framework/engine"
)

// lineLimit keeps a line readable.
const lineLimit = 400

// tellingLine matches the lines in which programs name what went wrong; the
// last of them is closest to the cause.
var tellingLine = regexp.MustCompile(`(?im)^.*(?:\berror\b|\bfatal\b|\bfailed\b|\bdenied\b|timed out).*$`)

// callError is a failed call of the engine in one line. The whole command and
// its output are in the error it wraps.
type callError struct {
	call   string
	detail string
	err    error
}

func (e *callError) Error() string { return e.call + ": " + e.detail }

func (e *callError) Unwrap() error { return e.err }

// condense shortens the error of a call to what it says about the cause. Other
// errors stay as they are.
func condense(err error) error {
	if call := findCall(err); call != nil {
		return &callError{call: shortCall(call.Command), detail: telling(string(call.Output), call.Inner), err: err}
	}
	if run, ok := errors.AsType[*engine.RunError](err); ok {
		return &callError{call: "calling the engine", detail: telling(run.Stderr, run.Err), err: err}
	}
	return err
}

// shortCall names a call without its forty arguments: program and subcommand,
// and of exec the node and the program in it.
func shortCall(command []string) string {
	if len(command) == 0 {
		return "calling the engine"
	}
	words := append([]string{path.Base(command[0])}, command[1:min(2, len(command))]...)
	if len(command) > 2 && command[1] == "exec" {
		for i, arg := range command[2 : len(command)-1] {
			if nodeName.MatchString(arg) {
				words = append(words, arg, command[2+i+1])
				break
			}
		}
	}
	return "`" + strings.Join(words, " ") + "`"
}

// telling picks the line of an output that explains it, or else the status.
func telling(text string, status error) string {
	line := ""
	if found := tellingLine.FindAllString(text, -1); len(found) > 0 {
		line = found[len(found)-1]
	} else if lines := strings.Split(strings.TrimSpace(text), "\n"); len(lines) > 0 {
		line = lines[len(lines)-1]
	}
	line = strings.TrimSpace(line)
	if len(line) > lineLimit {
		line = strings.ToValidUTF8(line[:lineLimit], "") + "…"
	}
	if line == "" {
		return fmt.Sprint(status)
	}
	return line
}
