package workshop

import (
	"fmt"
	"strings"
)

// Limits of what is read. Within them, a document of ten megabytes takes less than two seconds, whatever is in it.
const (
	// mostMarks is how many lines may begin with a mark of Markdown, such as those of lists, headings and fences: each
	// takes as long as a hundred bytes of text. A document of ten megabytes that is written for people has less.
	mostMarks = 250_000
	// longestLook is how much of a line is looked at to tell what it is.
	longestLook = 1000
	// longestCommand is how much of a command is looked at for what a person has to do.
	longestCommand = 1 << 16
)

// excess is an error if the source has more marks than are read.
func excess(path, source string) error {
	marks, line := 0, 1
	for text := range strings.Lines(source) {
		if marked(text) {
			marks++
		}
		if marks > mostMarks {
			return &Error{path, line, fmt.Sprintf(
				"more than %d lines begin with a mark, such as those of lists, headings and code blocks: split the document", mostMarks)}
		}
		line++
	}
	return nil
}

// marked says that a line begins with what could be a mark of Markdown.
func marked(line string) bool {
	line = strings.TrimLeft(line, " \t")
	if line == "" {
		return false
	}
	if strings.IndexByte("-+*=#<>`~:{!", line[0]) >= 0 {
		return true
	}
	rest := strings.TrimLeft(line[:min(len(line), longestLook)], "0123456789")
	return len(rest) < len(line) && rest != "" && (rest[0] == '.' || rest[0] == ')')
}
