package probe

import (
	"fmt"
	"strings"
)

// NoneError says that no browser starts on this machine, and why.
type NoneError struct {
	// Looked has the names that were looked for.
	Looked []string
	// Chosen says that the user has named the only one.
	Chosen bool
	// Rejections has those that are there and do not work.
	Rejections []Rejection
}

// Rejection is a browser that is there and does not work.
type Rejection struct {
	Path string
	Err  error
}

// Missing tells whether there is none at all: only then it helps to install one.
func (e *NoneError) Missing() bool { return !e.Chosen && len(e.Rejections) == 0 }

// Error lists what was tried and what to do, on several lines.
func (e *NoneError) Error() string {
	return e.Details() + "\nrun \"make browser\": it installs one where it can, and says what to do where it cannot"
}

// Details is the error without its advice to run "make browser", for who does just that.
func (e *NoneError) Details() string {
	var text strings.Builder
	text.WriteString("no browser starts here")
	for _, rejection := range e.Rejections {
		fmt.Fprintf(&text, "\n  %s: %s", rejection.Path, strings.ReplaceAll(rejection.Err.Error(), "\n", "\n    "))
	}
	if len(e.Rejections) == 0 {
		place := "not on PATH: "
		if e.Chosen {
			place = Variable + " names a program that is not there: "
		}
		text.WriteString("\n  " + place + strings.Join(e.Looked, ", "))
	}
	return text.String()
}
