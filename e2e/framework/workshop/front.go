package workshop

import (
	"regexp"
	"strings"
)

var (
	frontKey   = regexp.MustCompile(`^[A-Za-z_][\w-]*:`)
	frontTitle = regexp.MustCompile(`^title:\s*["']?(.*?)["']?\s*$`)
)

// front skips what stands before the Markdown: a byte order mark, and the YAML that site generators read between two
// lines of dashes. It returns where the body begins, and the title that the YAML gives the page.
func front(source string) (body int, title string) {
	at := 0
	if strings.HasPrefix(source, "\uFEFF") {
		at = len("\uFEFF")
	}
	first, end := lineAt(source, at)
	if first != "---" {
		return at, ""
	}
	for n := 0; end < len(source); n++ {
		text, next := lineAt(source, end)
		switch {
		case n == 0 && !frontKey.MatchString(text):
			// A thematic break, and no YAML.
			return at, ""
		case text == "---" || text == "...":
			return next, title
		}
		if m := frontTitle.FindStringSubmatch(text); m != nil {
			title = m[1]
		}
		end = next
	}
	return at, ""
}

// lineAt returns the line that begins at an offset, without its end, and where the next one begins.
func lineAt(source string, at int) (line string, next int) {
	end := len(source)
	next = end
	if i := strings.IndexByte(source[at:], '\n'); i >= 0 {
		end, next = at+i, at+i+1
	}
	return strings.TrimRight(source[at:end], " \t\r"), next
}
