// Package paint gives words the colours of a terminal, where somebody wants them.
package paint

import "strings"

// Paint colours texts. The zero value leaves them as they are.
type Paint struct{ on bool }

// Colours are those of the terminal's own palette, which its user has chosen to be readable.
func Colours() Paint { return Paint{on: true} }

// Place is where a text is going to be read.
type Place struct {
	// Refused is what the user has said to this command: --no-color.
	Refused bool
	// Terminal says whether a terminal is there.
	Terminal bool
	// Getenv reads the environment.
	Getenv func(string) string
}

// For decides whether there are colours. Who refuses them for this command or everywhere (NO_COLOR, see no-color.org)
// gets none; who insists (CLICOLOR_FORCE) gets them also in a file; else they are for terminals that can show them.
func For(p Place) Paint {
	switch {
	case p.Refused || p.Getenv("NO_COLOR") != "":
		return Paint{}
	case on(p.Getenv("CLICOLOR_FORCE")):
		return Colours()
	case !p.Terminal || p.Getenv("CLICOLOR") == "0" || Dumb(p.Getenv):
		return Paint{}
	default:
		return Colours()
	}
}

// Dumb tells whether a terminal says of itself that it can do nothing but print.
func Dumb(getenv func(string) string) bool { return getenv("TERM") == "dumb" || getenv("TERM") == "" }

func on(value string) bool { return value != "" && value != "0" }

// The attributes of ECMA-48, "select graphic rendition".
const (
	strong = "1"
	faint  = "2"
	red    = "1;31"
	green  = "32"
	yellow = "33"
)

// Good is for what is as it should be.
func (p Paint) Good(text string) string { return p.with(green, text) }

// Bad is for what is not.
func (p Paint) Bad(text string) string { return p.with(red, text) }

// Odd is for what somebody should look at.
func (p Paint) Odd(text string) string { return p.with(yellow, text) }

// Strong is for what the eye looks for first.
func (p Paint) Strong(text string) string { return p.with(strong, text) }

// Faint is for what may be passed over.
func (p Paint) Faint(text string) string { return p.with(faint, text) }

// with colours each line by itself, so that a pager may begin at any of them.
func (p Paint) with(attribute, text string) string {
	if !p.on || text == "" {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = "\x1b[" + attribute + "m" + line + "\x1b[0m"
		}
	}
	return strings.Join(lines, "\n")
}
