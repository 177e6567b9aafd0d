package workshop

import (
	"strings"
	"unicode"
)

// itemReader reads the commands of a code block, and what stands after them.
type itemReader struct {
	lines  []Line
	margin string
	// kind is noPrompt in a block of bare commands.
	kind promptKind
	// broken says that a command of the block never ended. From then on commands end with their line: what would be
	// swallowed otherwise is all the rest, again for each of them.
	broken bool
}

// readTranscript splits a block with prompts. Lines before the first prompt are its lead.
func readTranscript(lines []Line, kind promptKind, at int) ([]Line, []item) {
	r := itemReader{lines: lines, margin: indentation(lines[0].Text), kind: kind}
	lead := withoutComments(lines[:at])
	var items []item
	if len(lead) > 0 && knownCommand(lead[0].Text) {
		items, lead = readBare(lead), nil
	}
	for i := at; i < len(lines); {
		rest, _ := r.prompt(i)
		if rest == "" || rest[0] == '#' {
			i = r.skip(i + 1)
			continue
		}
		it, next := r.command(i, rest)
		if kind == host {
			it.prompt = strings.TrimSuffix(strings.TrimSpace(r.text(i)), rest)
		}
		end := r.skip(next)
		it.output = withoutComments(lines[next:end])
		items = append(items, it)
		i = end
	}
	return lead, items
}

// readBare splits a block without prompts. What cannot be a command is the output of the command before it.
func readBare(lines []Line) []item {
	r := itemReader{lines: lines, margin: indentation(lines[0].Text)}
	var items []item
	for i := 0; i < len(lines); {
		text := r.text(i)
		switch looks := shapeOf(text); {
		case strings.TrimSpace(text) == "", strings.HasPrefix(strings.TrimSpace(text), "#"):
			i++
		case len(items) > 0 && (looks == outputLike || looks == dataLike):
			end := r.outputEnd(i)
			items[len(items)-1].output = trim(lines[i:end])
			i = end
		default:
			var it item
			it, i = r.command(i, strings.TrimSpace(text))
			items = append(items, it)
		}
	}
	return items
}

// outputEnd finds where an output among bare commands ends: at a command that is known, after an empty line.
func (r *itemReader) outputEnd(i int) int {
	blank := false
	for ; i < len(r.lines); i++ {
		text := r.text(i)
		if blank && indentation(text) == "" && shapeOf(text) == commandLike && knownCommand(text) {
			break
		}
		blank = strings.TrimSpace(text) == ""
	}
	return i
}

// text is a line without the margin of the block.
func (r *itemReader) text(i int) string {
	text, found := strings.CutPrefix(r.lines[i].Text, r.margin)
	if !found {
		text = strings.TrimLeft(text, " \t")
	}
	return text
}

// prompt takes the prompt off a line, if the line has the prompt of this block.
func (r *itemReader) prompt(i int) (string, bool) {
	text, found := strings.CutPrefix(r.lines[i].Text, r.margin)
	if !found || r.kind == noPrompt {
		return "", false
	}
	kind, rest := splitPrompt(text)
	return rest, kind == r.kind
}

// skip finds the next prompt.
func (r *itemReader) skip(i int) int {
	for ; i < len(r.lines); i++ {
		if _, found := r.prompt(i); found {
			break
		}
	}
	return i
}

// command reads the command that begins in a line, and returns the line after it.
func (r *itemReader) command(i int, first string) (it item, next int) {
	parts, next, complete := r.gather(i, first)
	if !complete && !r.broken && r.kind != noPrompt {
		r.broken = true
		parts, next, _ = r.gather(i, first)
	}
	line, last := r.lines[i], r.lines[next-1]
	kept := strings.TrimRightFunc(line.Text, unicode.IsSpace)
	return item{
		command:  strings.Join(parts, "\n"),
		line:     line.Number,
		span:     Span{max(line.Span.Start, line.Span.End-len(line.Text)+len(kept)-len(first)), last.Span.End},
		unclosed: !complete,
	}, next
}

// gather takes lines until the command is complete.
func (r *itemReader) gather(i int, first string) (parts []string, next int, complete bool) {
	s := scanner{}
	s.line(first)
	parts = []string{first}
	for i++; i < len(r.lines) && !s.complete(); i++ {
		if r.broken && !s.continued {
			break
		}
		if _, found := r.prompt(i); found && !s.continued && len(s.heredocs) == 0 {
			break
		}
		text := r.continuation(i)
		s.line(text)
		parts = append(parts, text)
	}
	return parts, i, s.complete()
}

// continuation takes the prompt off a line that continues a command.
func (r *itemReader) continuation(i int) string {
	text := r.text(i)
	if r.kind == noPrompt {
		return text
	}
	if text == ">" {
		return ""
	}
	return strings.TrimPrefix(text, "> ")
}

// remarks says that a line before a prompt is a comment, or the first line of the prompt itself.
func remarks(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "# ") || strings.HasPrefix(text, "╭─") || strings.HasPrefix(text, "┌─")
}

// withoutComments trims empty lines, the prompt that comes back after a command, and the comments that stand before
// the next command of a transcript.
func withoutComments(lines []Line) []Line {
	lines = trim(lines)
	if n := len(lines); n > 0 {
		if kind, rest := splitPrompt(lines[n-1].Text); (kind == host || kind == dollar) && rest == "" {
			lines = trim(lines[:n-1])
		}
	}
	for n := len(lines); n > 0 && remarks(lines[n-1].Text); n = len(lines) {
		lines = trim(lines[:n-1])
	}
	return lines
}
