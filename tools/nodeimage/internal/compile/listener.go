package compile

import (
	"bytes"
	"strings"
)

// listener takes what the compiler prints: it counts the names of packages and keeps all
// else, which is what the compiler complains about.
type listener struct {
	total      int
	progress   func(done, total int)
	done       int
	begun      []byte // of a line whose end is still to come
	complaints []string
}

// Write never fails: a compiler that nobody listens to would stand still.
func (l *listener) Write(p []byte) (int, error) {
	l.begun = append(l.begun, p...)
	for {
		line, rest, ended := bytes.Cut(l.begun, []byte("\n"))
		if !ended {
			return len(p), nil
		}
		l.hear(string(line))
		l.begun = rest
	}
}

func (l *listener) hear(line string) {
	switch {
	case line == "" || strings.HasPrefix(line, "go: downloading "):
	case strings.ContainsAny(line, " \t:"):
		l.complaints = append(l.complaints, line)
	default:
		l.done++
		if l.progress != nil {
			l.progress(l.done, l.total)
		}
	}
}

// said is what the compiler complains about.
func (l *listener) said() string {
	return strings.TrimSpace(strings.Join(append(l.complaints, string(l.begun)), "\n"))
}
