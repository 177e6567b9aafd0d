// Package byline hands on what a program prints, line by line.
package byline

import "bytes"

// Writer is where the program prints to. It is used by one goroutine at a time.
type Writer struct {
	// Hear is given each line when its end has come, without the end.
	Hear func(line string)

	begun []byte // of a line whose end is still to come
}

// Write never fails: a program that nobody listens to would stand still.
func (w *Writer) Write(text []byte) (int, error) {
	w.begun = append(w.begun, text...)
	for {
		line, rest, ended := bytes.Cut(w.begun, []byte("\n"))
		if !ended {
			return len(text), nil
		}
		w.Hear(string(line))
		w.begun = rest
	}
}

// Begun is what has come of a line without an end.
func (w *Writer) Begun() string { return string(w.begun) }
