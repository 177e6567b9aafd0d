package workshop

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// calloutIndent is how far MkDocs wants what belongs to a callout or a tab to be indented.
const calloutIndent = 4

var (
	indentedCallout = regexp.MustCompile(`^(?:!!!|\?{3}\+?)\s+([\w-]+)[\w\s-]*(?:"([^"]*)")?\s*$`)
	boxedCallout    = regexp.MustCompile(`^:{3,}\s*([\w-]*)(?:\s*\[(.*)\]|\s+([^{}\[\]]+))?\s*$`)
	opensFence      = regexp.MustCompile("^(?:`{3,}[^`]*|~{3,}.*)$")
)

// withoutMarks writes callouts and tabs of site generators as any reader of Markdown has them: the title in bold letters,
// and what belongs to it as far to the left as the title. Each line keeps its length in bytes, so that places in it do.
func withoutMarks(source string) string {
	var out strings.Builder
	out.Grow(len(source))
	w := marksWriter{}
	for line := range strings.Lines(source) {
		out.WriteString(w.line(line))
	}
	return out.String()
}

// marksWriter goes through the lines of a document.
type marksWriter struct {
	fence string
	// open are the indentations of the callouts and tabs around the line, the innermost last.
	open []int
}

func (w *marksWriter) line(line string) string {
	content := strings.TrimRight(line, "\r\n")
	text := strings.TrimLeft(content, " ")
	if text == "" {
		return line
	}
	indent, end := len(content)-len(text), line[len(content):]
	if w.fence == "" { // What is indented less ends here; that no line is indented more than itself ends the search.
		w.open = w.open[:slices.IndexFunc(append(w.open, indent), func(at int) bool { return indent < at+calloutIndent })]
	}
	shift := min(calloutIndent*len(w.open), indent)
	padding := "\t" // No line break, as blanks at the end would be.
	if w.fenced(text) {
		padding = " "
	} else if title, indented, found := markTitle(text); found {
		if indented {
			w.open = append(w.open, indent)
		}
		return content[:indent-shift] + fitted(title, len(text)+shift) + end
	}
	return content[shift:] + strings.Repeat(padding, shift) + end
}

// fenced tells whether a line belongs to a block of code, its fences included.
func (w *marksWriter) fenced(text string) bool {
	if w.fence != "" {
		if strings.HasPrefix(text, w.fence) && strings.Trim(text, w.fence[:1]+" \t") == "" {
			w.fence = ""
		}
		return true
	}
	if !opensFence.MatchString(text) {
		return false
	}
	w.fence = text[:len(text)-len(strings.TrimLeft(text, text[:1]))]
	return true
}

// markTitle is what a line says that opens a callout or a tab, and nothing for one that closes such. What belongs to it
// may be indented.
func markTitle(text string) (title string, indented, found bool) {
	if m := indentedTab.FindStringSubmatch(text); m != nil {
		return m[1], true, true
	}
	if m := indentedCallout.FindStringSubmatch(text); m != nil {
		return cmp.Or(m[2], m[1]), true, true
	}
	if m := boxedCallout.FindStringSubmatch(text); m != nil {
		return cmp.Or(m[2], strings.TrimSpace(m[3]), m[1]), false, true
	}
	return "", false, false
}

// fitted is a title in bold letters on so many bytes, with a line break behind it if there is room for that.
func fitted(title string, size int) string {
	for _, mark := range []string{"**", "*", ""} {
		if written := mark + title + mark; title != "" && len(written) <= size {
			return written + strings.Repeat(" ", size-len(written))
		}
	}
	return strings.Repeat(" ", size)
}
