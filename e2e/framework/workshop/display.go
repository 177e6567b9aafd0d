package workshop

import "strings"

// typed says that code between backquotes is there to be typed: that the document marks it as such. Anywhere else it is
// a part of a sentence, even where it stands alone: it is not run, and counts as not covered.
func (a *assembler) typed(b block, s aside) bool {
	return s.execute && s.text != "" && b.nature != html
}

// mentioned is the command that code in a sentence is, or nothing.
func mentioned(s aside) string {
	text := s.text
	if kind, rest := splitPrompt(text); kind == dollar {
		text = rest
	}
	if inlineCommand(text) || s.alone && knownCommand(text) && len(leading(text)) > 1 {
		return text
	}
	return ""
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
