package workshop

import (
	"fmt"
	"slices"
	"strings"
)

// container is where the reader is after a command that opens a shell elsewhere.
type container struct {
	line  int
	words []string
}

// unfit says why a step is not for this machine: its prompt names the container, or the machine, in which the last
// shell was opened.
func (c *container) unfit(s *Step) string {
	host := hostOf(s.prompt)
	if host != "" && slices.Contains(c.words, host) {
		return fmt.Sprintf("it is typed in the shell that line %d opens", c.line)
	}
	if words := Words(s.Command[:min(len(s.Command), longestCommand)]); interactive(words) || len(words) > 0 && words[0] == "ssh" {
		*c = container{s.Line, nil}
		for _, w := range words {
			_, name, _ := strings.Cut(w, "@")
			c.words = append(c.words, w, w[strings.LastIndexByte(w, '/')+1:], name)
		}
	}
	return ""
}

// hostOf is the name of the machine in a prompt such as root@web:/#.
func hostOf(prompt string) string {
	_, host, found := strings.Cut(strings.Trim(prompt, "[]$# "), "@")
	if !found {
		return ""
	}
	if end := strings.IndexAny(host, ": ~/"); end >= 0 {
		host = host[:end]
	}
	return host
}
