package workshop

import (
	markup "html"
	"regexp"
	"strings"
)

var (
	codeTag = regexp.MustCompile(`(?i)<(pre|code)[ >]`)
	anyTag  = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)
)

// tagged counts the commands that HTML shows: they are not run.
func (a *assembler) tagged(b block) {
	inside := false
	for _, l := range b.lines {
		text := l.Text[:min(len(l.Text), longestLook)]
		inside = inside || codeTag.MatchString(text)
		if !inside {
			continue
		}
		plain := strings.TrimSpace(markup.UnescapeString(anyTag.ReplaceAllString(text, "")))
		kind, rest := splitPrompt(plain)
		if kind == noPrompt {
			rest = plain
		}
		if inlineCommand(rest) {
			a.skipped(l.Number, KindTag, rest)
		}
		inside = !strings.Contains(text, "</pre>") && !strings.Contains(text, "</code>")
	}
}
