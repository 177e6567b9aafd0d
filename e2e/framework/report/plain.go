package report

import (
	"regexp"
	"strings"
	"unicode"
)

// escape is a control sequence of ECMA-48, such as a colour, or a command to the terminal, such as its title; one that
// breaks off has the rest of its line.
var escape = regexp.MustCompile(`\x1b(\[[0-9;:<=>?]*[\x21-\x2f]*[\x40-\x7e]?|[\]P^_X][^\x07\x1b\n]*(\x07|\x1b\\)?|[\x20-\x2f]*[\x30-\x5a\\\x5e-\x7e])?`)

// Plain is what came without what only a terminal understands: written to one that shows something else, it would move
// the cursor there; in a page or a file, it would be read as text. What was written over what came before stands below it.
func Plain(text string) string {
	text = escape.ReplaceAllString(text, "")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' && r != '\n' {
			return -1
		}
		return r
	}, text)
}
