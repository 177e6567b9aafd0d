package match

import (
	"slices"
	"strings"
)

// line is a line of an output with its number, from 0.
type line struct {
	number int
	text   string
}

func (l line) blank() bool { return l.text == "" }

// cleanLines takes off what never matters: colours, carriage returns, blanks at the ends of lines, empty last lines.
func cleanLines(text string) []line {
	all := make([]line, 0, strings.Count(text, "\n")+1)
	for part := range strings.SplitSeq(text, "\n") {
		all = append(all, line{number: len(all), text: strings.TrimRight(withoutColours(part), " \t\r\n")})
	}
	for len(all) > 0 && all[len(all)-1].blank() {
		all = all[:len(all)-1]
	}
	return all
}

// withoutColours takes terminal escapes out: CSI sequences such as colours, OSC ones such as titles, and lone escapes.
func withoutColours(text string) string {
	if !strings.Contains(text, "\x1b") {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '\x1b' {
			out.WriteByte(text[i])
			i++
			continue
		}
		i = afterEscape(text, i+1)
	}
	return out.String()
}

func afterEscape(text string, i int) int {
	if i >= len(text) {
		return i
	}
	switch text[i] {
	case '[':
		for i++; i < len(text); i++ {
			if text[i] >= '@' && text[i] <= '~' {
				return i + 1
			}
		}
		return i
	case ']':
		for i++; i < len(text); i++ {
			if text[i] == '\a' {
				return i + 1
			}
		}
		return i
	default:
		return i + 1
	}
}

// withoutNoise drops warnings of the tools themselves, unless the document shows such a warning.
func withoutNoise(want, got []line) []line {
	if !slices.ContainsFunc(got, func(l line) bool { return noise(l.text) != "" }) {
		return got
	}
	shows := map[string]bool{}
	for _, l := range want {
		shows[noise(l.text)] = true
	}
	out := make([]line, 0, len(got))
	for _, l := range got {
		if n := noise(l.text); n == "" || shows[n] {
			out = append(out, l)
		}
	}
	return out
}

// noise names the kind of warning that a line is, or nothing. They come on standard error, and depend on the machine
// and the versions of the tools.
func noise(text string) string {
	switch {
	case strings.HasPrefix(text, "WARNING: Kubernetes configuration file is "):
		return "kubeconfig"
	case strings.HasPrefix(text, "Warning: "):
		return "api"
	case len(text) > 5 && (text[0] == 'W' || text[0] == 'I') && allIn(text[1:5], digits) && text[5] == ' ':
		return "klog"
	default:
		return ""
	}
}
