package workshop

import "strings"

// aside is a piece of a sentence: code between backquotes, or a comment.
type aside struct {
	line    int
	text    string
	comment bool
	// alone says that code has a line of its own, and execute that the document marks it as what is to be run.
	alone, execute bool
	// column is where the text begins in its line.
	column int
}

// asides finds the code and the comments of a paragraph. Within HTML there is no code.
func asides(b block) []aside {
	if len(b.lines) == 0 {
		return nil
	}
	r := asideReader{text: joined(b.lines), line: b.lines[0].Number, comment: -1}
	if b.nature != html {
		r.runs = backquotes(r.text)
	}
	for r.next() {
	}
	return r.found
}

// asideReader goes through a paragraph once.
type asideReader struct {
	text string
	// at is how far everything has been read, and line what line that is in.
	at, line int
	runs     []run
	// comment is where the next comment begins, if that is not before at.
	comment int
	found   []aside
}

func (r *asideReader) advance(to int) {
	r.line += strings.Count(r.text[r.at:to], "\n")
	r.at = to
}

// next reads one aside, or finds that there are no more.
func (r *asideReader) next() bool {
	for len(r.runs) > 0 && r.runs[0].at < r.at {
		r.runs = r.runs[1:]
	}
	if r.comment < r.at {
		r.comment = len(r.text)
		if i := strings.Index(r.text[r.at:], "<!--"); i >= 0 {
			r.comment = r.at + i
		}
	}
	if len(r.runs) > 0 && r.runs[0].at < r.comment {
		r.code(r.runs[0])
		return true
	}
	return r.readComment()
}

func (r *asideReader) code(c run) {
	r.runs = r.runs[1:]
	r.advance(c.at)
	if c.closing == 0 {
		r.advance(c.at + c.length)
		return
	}
	one := aside{line: r.line, text: strings.TrimSpace(r.text[c.at+c.length : c.closing])}
	r.place(&one, c)
	r.found = append(r.found, one)
	r.advance(c.closing + c.length)
}

// place looks at what stands beside a piece of code.
func (r *asideReader) place(one *aside, c run) {
	begin := strings.LastIndexByte(r.text[:c.at], '\n') + 1
	after, _, _ := strings.Cut(r.text[c.closing+c.length:], "\n")
	after = strings.TrimSpace(after[:min(len(after), longestLook)])
	m := executable.FindStringSubmatch(after)
	one.execute = len(m) > 1 && m[1] != "copy"
	if m != nil {
		after = strings.TrimSpace(after[len(m[0]):])
	}
	one.column = c.at + c.length - begin
	one.alone = strings.TrimSpace(r.text[begin:c.at]) == "" && strings.Trim(after, ".:;,") == "" && !strings.Contains(one.text, "\n")
}

func (r *asideReader) readComment() bool {
	if r.comment == len(r.text) {
		return false
	}
	r.advance(r.comment)
	inner, _, closed := strings.Cut(r.text[r.at+len("<!--"):], "-->")
	if !closed {
		// Then it is no comment, and nothing after it is one.
		r.comment = len(r.text)
		return len(r.runs) > 0
	}
	r.found = append(r.found, aside{line: r.line, text: inner, comment: true})
	r.advance(r.at + len("<!--") + len(inner) + len("-->"))
	return true
}

// run is a row of backquotes, and where the next row of the same length begins.
type run struct{ at, length, closing int }

func backquotes(text string) []run {
	var runs []run
	for i := 0; i < len(text); {
		switch text[i] {
		case '\\':
			// An escaped backquote opens nothing, but it can close: within code a backslash is one.
			i++
			if i < len(text) && text[i] != '`' {
				i++
			}
		case '`':
			n := len(text[i:]) - len(strings.TrimLeft(text[i:], "`"))
			runs = append(runs, run{at: i, length: n})
			i += n
		default:
			i++
		}
	}
	next := map[int]int{}
	for i := len(runs) - 1; i >= 0; i-- {
		r := &runs[i]
		r.closing = next[r.length]
		next[r.length] = r.at
		if r.at > 0 && text[r.at-1] == '\\' {
			r.closing = 0
		}
	}
	return runs
}

func joined(lines []Line) string {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.Text
	}
	return strings.Join(texts, "\n")
}

// alone are commands of two words that are more than the mention of a command.
var alone = set(`help version list ls env ps images init cluster-info get-contexts info`)

// inlineCommand says that code in a sentence is something to type, and not the mere name of a command.
func inlineCommand(text string) bool {
	if !knownCommand(text) || strings.ContainsAny(text, "<…") {
		return false
	}
	fields := leading(text)
	switch fields[0] {
	case "helm", "kubectl", "docker", "git", "kind", "minikube", "oc", "podman":
		return len(fields) > 2 || len(fields) == 2 && alone[fields[1]]
	}
	return len(fields) > 1
}
