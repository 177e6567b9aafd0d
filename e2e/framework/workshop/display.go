package workshop

import "strings"

// typed says that code between backquotes is there to be typed: the document marks it as such, or it has a line of its
// own and is a command. Items of a list without numbers are only mentioned, unless they have a prompt: they may be a
// summary.
func (a *assembler) typed(b block, s aside) bool {
	if s.comment || s.text == "" || b.nature == html {
		return false
	}
	if s.execute {
		return true
	}
	if !s.alone || b.nature != prose {
		return false
	}
	kind, rest := splitPrompt(s.text)
	if kind == dollar {
		return inlineCommand(rest)
	}
	return !b.mention && inlineCommand(s.text)
}

// shown makes an exhibit of code in a paragraph.
func shown(b block, s aside) exhibit {
	text, form := s.text, bare
	if kind, rest := splitPrompt(s.text); kind == dollar {
		text, form = rest, transcript
	}
	first, _, _ := strings.Cut(text, "\n")
	number, at := s.line, 0
	if n := s.line - b.lines[0].Number; n >= 0 && n < len(b.lines) {
		l := b.lines[n]
		padding := len(l.Text) - (l.Span.End - l.Span.Start)
		at = l.Span.Start
		if column := min(s.column, len(l.Text)); column >= padding {
			at += column - padding
			at += max(strings.Index(l.Text[column:], first), 0)
		}
	}
	return exhibit{form: form, line: number, items: []item{{
		command: text, line: number, span: Span{at, at + len(text)},
	}}}
}
