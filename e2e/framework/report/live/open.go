package live

import (
	"io"
	"os"

	"golang.org/x/term"

	"seatrial/e2e/framework/report/paint"
)

// Open gives the ways to write to the two outputs of a process. Where the first is a terminal that can do more than
// print, both are ways to its screen.
func Open(out, err *os.File, getenv func(string) string) (toOut, toErr io.Writer) {
	if !Terminal(out) || paint.Dumb(getenv) {
		return out, err
	}
	screen := NewScreen(out, func() (width, height int) {
		width, height, sizeErr := term.GetSize(int(out.Fd()))
		if sizeErr != nil || width <= 0 || height <= 0 {
			return unknownWidth, unknownHeight
		}
		return width, height
	})
	toOut, toErr = screen.Writer(out), io.Writer(err)
	if Terminal(err) {
		toErr = screen.Writer(err)
	}
	return toOut, toErr
}

// What is taken for the size of a terminal that does not know its own.
const (
	unknownWidth  = 80
	unknownHeight = 24
)

// Terminal tells whether what is written there is read on a terminal.
func Terminal(out io.Writer) bool {
	switch file := out.(type) {
	case *os.File:
		return term.IsTerminal(int(file.Fd()))
	case writer:
		return true
	}
	return false
}
