package workshop

import "strings"

// form is what a code block is to the reader.
type form int

const (
	// empty holds nothing.
	empty form = iota
	// bare has commands without prompts.
	bare
	// transcript has commands after prompts.
	transcript
	// output has no command.
	output
	// either is in a terminal's block, but could be a command or an output: what stands before it decides.
	either
	// file is the contents of a file.
	file
	// strange is in another language.
	strange
	// alien is typed into another shell.
	alien
)

// item is a command of a code block, and the output that the block shows after it.
type item struct {
	command  string
	prompt   string
	line     int
	span     Span
	output   []Line
	unclosed bool
}

// exhibit is a code block that has been understood.
type exhibit struct {
	form     form
	language language
	line     int
	// lead are the lines before the first prompt of a transcript, and all lines of an output.
	lead  []Line
	items []item
}

// classify decides what a code block is: by its info string first, then by what is in it.
func classify(b block) exhibit {
	lines := contents(b)
	e := exhibit{language: languageOf(b.info), line: b.line, lead: lines}
	if b.execute && e.language != session {
		e.language = script
	}
	if len(lines) == 0 {
		return e
	}
	e.line = lines[0].Number
	kind, at := findPrompt(lines, e.language)
	switch {
	case kind == windows, e.language == otherShell:
		e.form = alien
	case kind != noPrompt:
		e.form = transcript
		e.lead, e.items = readTranscript(lines, kind, at)
		switch {
		case len(e.items) == 0 && len(e.lead) == 0:
			e.form = empty
		case len(e.items) == 0:
			e.form = output
		}
	case b.execute:
		e.form = bare
	default:
		e.form = formOf(lines, e.language)
	}
	if e.form == bare {
		e.lead = nil
		e.items = readBare(lines)
	}
	return e
}

// formOf judges a block without prompts.
func formOf(lines []Line, l language) form {
	first := firstLine(lines)
	looks := shapeOf(first)
	switch l {
	case data:
		return file
	case foreign, otherShell:
		return strange
	case plain:
		return output
	case unnamed, session, script:
	}
	if strings.HasPrefix(lines[0].Text, "#!") {
		return file
	}
	switch l {
	case script:
		return scripted(looks, first)
	case session:
		switch {
		case looks == commandLike || looks == unclear && evidence.MatchString(first) || speaks(first):
			return bare
		case looks == unclear:
			return either
		}
		return outputOrFile(looks)
	default:
		if looks == commandLike && (knownCommand(first) || evidence.MatchString(first)) || speaks(first) {
			return bare
		}
		return outputOrFile(looks)
	}
}

// scripted judges a block that says that it is for a shell.
func scripted(looks shape, first string) form {
	switch {
	case looks == outputLike || looks == dataLike:
		return outputOrFile(looks)
	case looks == unclear && !evidence.MatchString(first) && !namesCommand(first):
		return either
	}
	return bare
}

// namesCommand says that a line begins with the name of a command, be it the beginning of a sentence too.
func namesCommand(line string) bool {
	fields := leading(line)
	return len(fields) > 0 && (commands[fields[0]] || ambiguous[fields[0]])
}

// speaks says that a line is a command of those that no output begins with, though they are words.
func speaks(line string) bool {
	fields := leading(line)
	return len(fields) > 1 && (fields[0] == "echo" || fields[0] == "export")
}

func outputOrFile(looks shape) form {
	if looks == dataLike {
		return file
	}
	return output
}

// firstLine is the first that is no comment, or else the first.
func firstLine(lines []Line) string {
	for _, l := range lines {
		if text := strings.TrimSpace(l.Text); text != "" && text[0] != '#' {
			return text
		}
	}
	return ""
}

// findPrompt looks for the first prompt of a block.
func findPrompt(lines []Line, l language) (kind promptKind, at int) {
	margin := indentation(lines[0].Text)
	first := true
	for i, line := range lines {
		text, inside := strings.CutPrefix(line.Text, margin)
		if !inside || strings.TrimSpace(text) == "" {
			continue
		}
		found, rest := splitPrompt(text)
		if found == hash && !rootPrompt(lines, l) {
			found = noPrompt
		}
		if found == sign && !first {
			found = noPrompt
		}
		if found != noPrompt && promptCounts(found, rest, l, first) {
			return found, i
		}
		if text[0] != '#' {
			first = false
		}
	}
	return noPrompt, 0
}

// promptCounts keeps apart a prompt from a line that only looks like one: in files and programs, and in the middle of
// blocks, what follows it has to be a command that is known.
func promptCounts(kind promptKind, rest string, l language, first bool) bool {
	if kind == windows {
		return first
	}
	if l == data || l == foreign {
		return first && knownCommand(rest)
	}
	return first || rest != "" && shapeOf(rest) == commandLike
}

// rootPrompt decides whether lines with a "#" are root's prompt or comments: they are comments if any other line is a
// command, and in a script also if no other line is there at all.
func rootPrompt(lines []Line, l language) bool {
	others := false
	margin := indentation(lines[0].Text)
	for _, line := range lines {
		text := strings.TrimSpace(line.Text)
		if text == "" || text[0] == '#' {
			continue
		}
		if indentation(line.Text) == margin && shapeOf(text) == commandLike {
			return false
		}
		others = true
	}
	return others || l == session || l == unnamed
}

// indentation is the white space that a line begins with.
func indentation(text string) string {
	return text[:len(text)-len(strings.TrimLeft(text, " \t"))]
}

// trim leaves out the empty lines before and after.
func trim(lines []Line) []Line {
	for len(lines) > 0 && strings.TrimSpace(lines[0].Text) == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1].Text) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
