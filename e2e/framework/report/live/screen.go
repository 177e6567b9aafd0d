package live

import (
	"bytes"
	"io"
	"strconv"
	"sync"
)

// Screen is a terminal on which some lines stay and a few below them change. Whoever writes to the same terminal does so
// through [Screen.Writer], so that no line is lost to the lines that change.
type Screen struct {
	mutex sync.Mutex
	out   io.Writer
	size  func() (width, height int)
	view  func(width, height int) []string
	drawn int  // lines that change, as they stand on the terminal
	open  bool // the last line that was written has no end yet
}

// NewScreen is a terminal that is written to by out. Its size is asked for before each change.
func NewScreen(out io.Writer, size func() (width, height int)) *Screen {
	return &Screen{out: out, size: size}
}

// Width is how many columns there are now.
func (s *Screen) Width() int {
	width, _ := s.size()
	return width
}

// Show lets lines that change stand below the others, from now until Hide. The view is asked for them with what room
// there is; it must not write to the screen.
func (s *Screen) Show(view func(width, height int) []string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.view = view
	_, _ = s.frame(s.out, nil) // There is nobody to tell that nothing can be shown.
}

// Refresh draws the lines that change anew.
func (s *Screen) Refresh() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.view != nil {
		_, _ = s.frame(s.out, nil) // There is nobody to tell that nothing can be shown.
	}
}

// Hide takes the lines that change away.
func (s *Screen) Hide() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.view = nil
	_, _ = s.frame(s.out, nil) // There is nobody to tell that nothing can be shown.
}

// Writer writes lines that stay to the same terminal by another way, as the standard error is one.
func (s *Screen) Writer(to io.Writer) io.Writer { return writer{screen: s, to: to} }

// writer is one of the ways.
type writer struct {
	screen *Screen
	to     io.Writer
}

// Write writes above the lines that change.
func (w writer) Write(text []byte) (int, error) {
	w.screen.mutex.Lock()
	defer w.screen.mutex.Unlock()
	return w.screen.frame(w.to, text)
}

// Of is the screen that a writer writes to, or nil if it is no screen's.
func Of(out io.Writer) *Screen {
	if w, is := out.(writer); is {
		return w.screen
	}
	return nil
}

// frame takes away what changes, writes a text, and draws what changes below it, in one write, so that nobody sees it
// half done. It gives how much of the text was written.
func (s *Screen) frame(to io.Writer, text []byte) (int, error) {
	var out bytes.Buffer
	if s.drawn > 0 {
		out.WriteString("\r\x1b[" + strconv.Itoa(s.drawn) + "A\x1b[J")
		s.drawn = 0
	}
	before := out.Len()
	out.Write(text)
	if len(text) > 0 {
		s.open = text[len(text)-1] != '\n'
	}
	// A line without an end is going to be gone on with, and what changes would stand in it.
	if s.view != nil && !s.open {
		s.draw(&out)
	}
	if out.Len() == 0 {
		return 0, nil
	}
	n, err := to.Write(out.Bytes())
	return min(max(n-before, 0), len(text)), err
}

// draw adds the lines that change, none of them as wide as the terminal, whose own line breaks we would not know of, and
// all of them lower than it, whose upper lines could not be taken away again.
func (s *Screen) draw(out *bytes.Buffer) {
	width, height := s.size()
	if width < narrowest || height < lowest {
		return
	}
	lines := s.view(width-1, height-1)
	for _, line := range lines[:min(len(lines), height-1)] {
		out.WriteString(line + "\n")
		s.drawn++
	}
}

// On a terminal that is smaller, there is only what stays.
const (
	narrowest = 10
	lowest    = 3
)
