package workshop

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// problem is a mistake in a line of the document.
type problem struct {
	line    int
	message string
}

// assembler makes steps of blocks, one after the other.
type assembler struct {
	doc  *Document
	errs []*Error
	// headings are those above the current block, by their level.
	headings [6]string
	// hints wait for the code block after them.
	hints []hint
	// general are hints that stand before no block, but before the first: they are for the document.
	general []hint
	// begun says that a code block has been seen.
	begun  bool
	last   group
	habits habits
	// announced says that the sentence before a block calls it an output.
	announced bool
	// exhibits are the code blocks, in order, as far as they are not yet placed.
	exhibits []exhibit
}

// group are the steps of the last code block with commands, as long as no heading comes after it.
type group struct {
	from, to int
	// near says that no other code block came after it: an output can still be its own.
	near bool
}

func (g group) empty() bool { return g.from == g.to }

// read makes the document of its blocks. Code is looked at twice: what one block is can depend on what others are.
func (a *assembler) read(blocks []block) {
	a.habits.words = map[string]bool{}
	steps := 0
	for _, b := range blocks {
		if b.nature == code && !b.hidden {
			e := classify(b)
			a.habits.learn(e)
			a.exhibits = append(a.exhibits, e)
			steps += len(e.items)
		}
	}
	a.doc.Steps = slices.Grow(a.doc.Steps, steps)
	for _, b := range blocks {
		a.add(b)
	}
	a.finish()
}

func (a *assembler) add(b block) {
	if b.hidden {
		a.hidden(b)
		return
	}
	switch b.nature {
	case heading:
		a.heading(b)
	case code:
		e := a.exhibits[0]
		a.exhibits = a.exhibits[1:]
		a.code(e)
	case prose, html:
		a.asides(b)
		a.announced = b.nature == prose && announces(b)
	}
}

// hidden is for what is in a tab that is not followed.
func (a *assembler) hidden(b block) {
	if lines := trim(b.lines); b.nature == code && len(lines) > 0 {
		a.skipped(lines[0].Number, KindTab, lines[0].Text)
	}
}

func (a *assembler) fail(problems ...problem) {
	for _, p := range problems {
		a.errs = append(a.errs, &Error{File: a.doc.Path, Line: p.line, Message: p.message})
	}
}

func (a *assembler) heading(b block) {
	a.settleHints()
	a.asides(b)
	title := plainText(joined(b.lines))
	a.headings[b.level-1] = title
	clear(a.headings[b.level:])
	if a.doc.Title == "" && b.level == 1 {
		a.doc.Title = title
	}
	a.last, a.announced = group{}, false
}

// plainText takes the marks out of a heading that are seen most often.
func plainText(text string) string {
	if i := strings.LastIndex(text, "{#"); i > 0 && strings.HasSuffix(text, "}") {
		text = text[:i]
	}
	for strings.Contains(text, "<!--") {
		start := strings.Index(text, "<!--")
		end := strings.Index(text[start:], "-->")
		if end < 0 {
			break
		}
		text = text[:start] + text[start+end+len("-->"):]
	}
	return strings.Join(strings.Fields(strings.NewReplacer("`", "", "**", "", "__", "").Replace(text)), " ")
}

func (a *assembler) path() string {
	var names []string
	for _, h := range a.headings {
		if h != "" {
			names = append(names, h)
		}
	}
	return strings.Join(names, " > ")
}

// asides looks for hints and commands in a paragraph, or for hints in HTML.
func (a *assembler) asides(b block) {
	found := asides(b)
	leads := len(found) > 0 && found[0].alone && found[0].line == b.line && a.typed(b, found[0])
	if !leads && (b.nature == prose || b.nature == html && !onlyComments(b)) {
		a.settleHints()
	}
	if b.nature == html {
		a.tagged(b)
	}
	for _, s := range found {
		if a.typed(b, s) {
			a.code(shown(b, s))
			continue
		}
		if s.comment {
			hints, problems := commentHints(s.text, s.line)
			a.hints = append(a.hints, hints...)
			a.fail(problems...)
			continue
		}
		if command := mentioned(s); command != "" {
			a.skipped(s.line, KindInline, command)
		}
	}
}

func onlyComments(b block) bool {
	text := strings.TrimSpace(joined(b.lines))
	return strings.HasPrefix(text, "<!--") && strings.HasSuffix(text, "-->")
}

// settleHints is called where hints are no longer for the block that follows: before the first block they are for the
// document, and else for nothing.
func (a *assembler) settleHints() {
	list := a.hints
	a.hints = nil
	if !a.begun {
		a.general = append(a.general, list...)
		return
	}
	if len(list) > 0 {
		a.fail(problem{list[0].line, fmt.Sprintf("hint %q belongs to no block: put it directly before the block it is for", clip(list[0].key))})
	}
}

// settleDocument reads the hints that are for all of the document.
func (a *assembler) settleDocument() {
	h, problems := hintsOf(a.general)
	if h.Background || h.Exit != 0 {
		problems = append(problems, problem{
			a.general[0].line,
			"this hint is for the document, where background and exit say nothing: put it directly before the block it is for",
		})
	}
	a.fail(problems...)
	a.doc.Hints = h
}

func (a *assembler) skipped(line int, kind Kind, text string) {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	a.doc.NotCovered = append(a.doc.NotCovered, NotCovered{Line: line, Kind: kind, Text: clip(text)})
}

// code puts an exhibit to where it belongs.
func (a *assembler) code(e exhibit) {
	list := a.hints
	a.hints = nil
	a.begun = true
	defer func() { a.announced = false }()
	h, problems := hintsOf(list)
	a.fail(problems...)
	covered := a.place(e, h)
	a.last.near = covered
	if !covered && len(list) > 0 && h.Skip == "" && len(problems) == 0 {
		a.fail(problem{list[0].line, fmt.Sprintf("hint %q belongs to no command: the block in line %d is not run", clip(list[0].key), e.line)})
	}
}

// place says whether the exhibit became a step, or a part of one.
func (a *assembler) place(e exhibit, h Hints) bool {
	if e.form == either {
		e = a.decide(e)
	}
	switch e.form {
	case bare, transcript:
		return a.commands(e, h)
	case output:
		if a.output(e, h) {
			return true
		}
		kind := KindOutput
		if e.language == plain || e.language == unnamed && !outputs(e.lead) {
			kind = KindText
		}
		a.skipped(e.line, kind, e.lead[0].Text)
	case file:
		shown := a.announced && e.language == unnamed
		if !a.last.empty() && (shown || printsData(a.doc.Steps[a.last.to-1].Command)) && a.output(e, h) {
			return true
		}
		a.skipped(e.line, KindFile, e.lead[0].Text)
	case strange:
		a.skipped(e.line, KindLanguage, e.lead[0].Text)
	case alien:
		a.skipped(e.line, KindShell, e.lead[0].Text)
	case empty, either:
		return !a.last.empty() && a.last.near
	}
	return false
}

func outputs(lines []Line) bool {
	return shapeOf(lines[0].Text) == outputLike
}

// commands adds the steps of a block, but for those that another block of the same run has shown before.
func (a *assembler) commands(e exhibit, h Hints) bool {
	if len(e.lead) > 0 && !a.output(exhibit{form: output, lead: e.lead, language: e.language}, Hints{}) {
		a.skipped(e.lead[0].Number, KindOutput, e.lead[0].Text)
	}
	p := pairing{doc: a.doc, last: a.last, shown: e, hints: h}
	if e.language == plain {
		// Such a block is never run, but it may show what a command before it prints.
		if !p.all() {
			a.skipped(e.line, KindText, e.items[0].command)
			return false
		}
	} else {
		p.find()
	}
	from := len(a.doc.Steps)
	for i, it := range e.items {
		if at, found := p.at(i); found {
			a.fail(p.repeat(at, it)...)
			from = min(from, at)
			continue
		}
		s := a.step(it, h)
		s.prompt = it.prompt
		s.prompted = e.form == transcript
		a.doc.Steps = append(a.doc.Steps, s)
	}
	a.last = group{from: from, to: len(a.doc.Steps), near: true}
	return true
}

func (a *assembler) step(it item, h Hints) Step {
	s := Step{
		File: a.doc.Path, Line: it.line, Heading: a.path(), Command: it.command, Span: it.span,
		Unclosed: it.unclosed, Hints: h,
	}
	if len(it.output) > 0 {
		s.Expected = newOutput(it.output)
	}
	return s
}

// finish settles what needs all of the document.
func (a *assembler) finish() {
	a.settleHints()
	a.settleDocument()
	settleTypos(a.doc.Steps)
	known := assigned(a.doc.Steps)
	var open container
	for i := range a.doc.Steps {
		s := &a.doc.Steps[i]
		s.Hints = s.Hints.under(a.doc.Hints)
		s.Command = filled(s.Command, s.Hints.Set)
		s.Unfit = cmp.Or(open.unfit(s), unfit(s, known))
	}
	if !slices.ContainsFunc(a.doc.NotCovered, inSentence) {
		return
	}
	shown := a.shown()
	a.doc.NotCovered = slices.DeleteFunc(a.doc.NotCovered, func(n NotCovered) bool {
		return inSentence(n) && shown[key(n.Text)]
	})
}

// unfit says why a step cannot be run as it stands. What an author says of it counts more.
func unfit(s *Step, assigned map[string]bool) string {
	if s.Hints.Skip != "" || s.Hints.Background || s.Hints.Exit != 0 {
		return ""
	}
	if found := placeholder(s.Command); found != "" && !assigned[strings.Trim(found, "${}")] {
		return unfilled(found)
	}
	if s.Command == "exit" || s.Command == "logout" {
		return "it leaves the shell, in which the steps after it are to be run"
	}
	return person(s.Command)
}

func inSentence(n NotCovered) bool { return n.Kind == KindInline }

// shown has each command of the document, also the lines of those that have several.
func (a *assembler) shown() map[string]bool {
	shown := map[string]bool{}
	for i := range a.doc.Steps {
		for _, command := range a.doc.Steps[i].spellings() {
			shown[key(command)] = true
			for line := range strings.SplitSeq(command, "\n") {
				shown[key(line)] = true
			}
		}
	}
	return shown
}
