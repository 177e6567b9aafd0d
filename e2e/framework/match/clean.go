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
	coloured := strings.IndexByte(text, '\x1b') >= 0
	all := make([]line, 0, strings.Count(text, "\n")+1)
	for part := range strings.SplitSeq(text, "\n") {
		if coloured {
			part = withoutColours(part)
		}
		all = append(all, line{number: len(all), text: withoutEnd(part)})
	}
	for len(all) > 0 && all[len(all)-1].blank() {
		all = all[:len(all)-1]
	}
	return all
}

// withoutEnd takes off the blanks at the end.
func withoutEnd(text string) string {
	end := len(text)
	for end > 0 && (text[end-1] == ' ' || text[end-1] == '\t' || text[end-1] == '\r' || text[end-1] == '\n') {
		end--
	}
	return text[:end]
}

// withoutColours takes terminal escapes out: CSI sequences such as colours, OSC ones such as titles, and lone escapes.
func withoutColours(text string) string {
	if strings.IndexByte(text, '\x1b') < 0 {
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
	first := slices.IndexFunc(got, func(l line) bool { return noise(l.text) != "" })
	if first < 0 {
		return got
	}
	shows := map[string]bool{}
	for _, l := range want {
		if n := noise(l.text); n != "" {
			shows[n] = true
		}
	}
	out := slices.Grow(slices.Clip(got[:first]), len(got)-first)
	for _, l := range got[first:] {
		if n := noise(l.text); n == "" || shows[n] {
			out = append(out, l)
		}
	}
	return out
}

// noise names the kind of warning that a line is, or nothing. They come on standard error, and depend on the machine
// and the versions of the tools.
func noise(text string) string {
	if len(text) < 6 || text[0] != 'W' && text[0] != 'I' {
		return ""
	}
	switch {
	case strings.HasPrefix(text, "WARNING: Kubernetes configuration file is "):
		return "kubeconfig"
	case strings.HasPrefix(text, "Warning: "):
		return "api"
	case allIn(text[1:5], digitBytes) && text[5] == ' ':
		return "klog"
	default:
		return ""
	}
}
