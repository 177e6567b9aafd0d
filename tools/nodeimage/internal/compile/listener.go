package compile

import (
	"strings"

	"seatrial/tools/internal/byline"
)

// listener takes what the compiler prints: it counts the names of packages and keeps all
// else, which is what the compiler complains about.
type listener struct {
	total      int
	progress   func(done, total int)
	done       int
	lines      byline.Writer
	complaints []string
}

// Write hears what is in the text, and never fails.
func (l *listener) Write(text []byte) (int, error) {
	l.lines.Hear = l.hear
	return l.lines.Write(text)
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
	return strings.TrimSpace(strings.Join(append(l.complaints, l.lines.Begun()), "\n"))
}
