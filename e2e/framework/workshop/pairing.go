package workshop

// longestPairing bounds how many commands of two blocks are compared with each other.
const longestPairing = 100

// pairing finds which commands of a block have been shown by the block before it, for the same run: first alone for
// the reader to copy, then in a transcript with what it prints.
type pairing struct {
	doc   *Document
	last  group
	shown exhibit
	hints Hints
	// pairs has the steps that items repeat.
	pairs map[int]int
}

// at returns the step that an item repeats.
func (p *pairing) at(i int) (int, bool) {
	step, found := p.pairs[i]
	return step, found
}

// all says whether every item repeats a step.
func (p *pairing) all() bool {
	p.find()
	return len(p.pairs) == len(p.shown.items)
}

func (p *pairing) find() {
	first := max(p.last.from, p.last.to-longestPairing)
	steps := p.doc.Steps[first:p.last.to]
	items := p.shown.items[:min(len(p.shown.items), longestPairing)]
	for _, alike := range []func(*Step, *item) bool{p.equal, p.near} {
		pairs := overlap(steps, items, alike)
		if pairs == nil && len(items) == len(p.shown.items) {
			pairs = within(steps, items, alike)
		}
		if pairs == nil {
			continue
		}
		p.pairs = map[int]int{}
		for i, step := range pairs {
			p.pairs[i] = first + step
		}
		return
	}
}

// overlap pairs the end of one block with the beginning of the other, as much as possible.
func overlap(steps []Step, items []item, alike func(*Step, *item) bool) []int {
	for n := min(len(steps), len(items)); n > 0; n-- {
		var pairs []int
		for i := 0; i < n && alike(&steps[len(steps)-n+i], &items[i]); i++ {
			pairs = append(pairs, len(steps)-n+i)
		}
		if len(pairs) == n {
			return pairs
		}
	}
	return nil
}

// within finds each item among the steps, in the same order: a transcript may leave out what prints nothing.
func within(steps []Step, items []item, alike func(*Step, *item) bool) []int {
	var pairs []int
	at := 0
	for i := range items {
		for at < len(steps) && !alike(&steps[at], &items[i]) {
			at++
		}
		if at == len(steps) {
			return nil
		}
		pairs = append(pairs, at)
		at++
	}
	return pairs
}

func (p *pairing) equal(s *Step, it *item) bool {
	return p.sameRun(s, it) && s.key() == key(it.command)
}

// near is for commands of which one is mistyped.
func (p *pairing) near(s *Step, it *item) bool {
	if !p.sameRun(s, it) {
		return false
	}
	_, _, found := Typo(s.Command, it.command)
	return found || s.key() == key(it.command)
}

// sameRun says that two blocks can show one run of a command: the first shows no output, or a shortened form of what
// the second shows. Two blocks without prompt and output are there to be typed twice.
func (p *pairing) sameRun(s *Step, it *item) bool {
	switch {
	case s.Expected != nil:
		return shortens(s.Expected.Lines, it.output)
	case len(it.output) > 0:
		return true
	}
	return p.shown.form == transcript && !s.prompted
}

// repeat adds to a step what an item shows of it.
func (p *pairing) repeat(at int, it item) []problem {
	s := &p.doc.Steps[at]
	s.Repeats = append(s.Repeats, Repeat{
		Line: it.line, Command: it.command, Span: it.span, Differs: s.key() != key(it.command),
	})
	s.prompted = s.prompted || p.shown.form == transcript
	if len(it.output) > 0 {
		if s.Expected != nil {
			s.Shortened = append(s.Shortened, *s.Expected)
		}
		s.Expected = newOutput(it.output)
	}
	var problems []problem
	s.Hints, problems = s.Hints.with(p.hints, it.line)
	return problems
}

// settleTypos decides which of two spellings a step runs: the one whose word the document has more often, or else the
// first.
func settleTypos(steps []Step) {
	var counts map[string]int
	for i := range steps {
		s := &steps[i]
		for j := range s.Repeats {
			r := &s.Repeats[j]
			mine, other, found := Typo(s.Command, r.Command)
			if !r.Differs || !found {
				continue
			}
			if counts == nil {
				counts = countWords(steps)
			}
			if counts[other] > counts[mine] {
				s.Command, r.Command = r.Command, s.Command
				s.Line, r.Line = r.Line, s.Line
				s.Span, r.Span = r.Span, s.Span
			}
		}
	}
}

// countWords counts how many commands have a word.
func countWords(steps []Step) map[string]int {
	counts := map[string]int{}
	for i := range steps {
		for _, command := range steps[i].spellings() {
			for _, w := range same(Words(command)) {
				counts[w]++
			}
		}
	}
	return counts
}

// spellings are the command of a step and its repeats.
func (s *Step) spellings() []string {
	list := []string{s.Command}
	for _, r := range s.Repeats {
		list = append(list, r.Command)
	}
	return list
}

func (s *Step) key() string { return key(s.Command) }
