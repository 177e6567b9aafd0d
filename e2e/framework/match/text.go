package match

import "slices"

// text compares what is no table, line by line. A line of dots stands for any lines.
func (c *comparison) text(want, got []line) {
	if len(want) == 0 && len(c.found) > 0 && len(got) > 0 {
		// What came in place of a table is told with it.
		return
	}
	near := lastLine(want)
	want, got = c.lasting(want), c.lasting(got)
	parts := split(want)
	elided := len(parts) > 1
	if !elided && !c.options.AnyOrder && !c.manner.unordered {
		want, got = unlike(want, got)
		parts = [][]line{want}
	}
	switch {
	case c.options.AnyOrder || c.command.unordered() || c.manner.unordered:
		c.anyOrder(c.words.sentences(slices.Concat(parts...)), c.words.sentences(got), bag{near, elided})
	case elided:
		c.around(parts, got)
	default:
		c.inOrder(want, got, near)
	}
}

// lasting leaves out what a command says in passing.
func (c *comparison) lasting(lines []line) []line {
	if c.manner.passing == nil {
		return lines
	}
	return slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return c.manner.passing(l.text) })
}

// unlike leaves out what both begin and end with.
func unlike(want, got []line) (restOfWant, restOfGot []line) {
	for len(want) > 0 && len(got) > 0 && want[0].text == got[0].text {
		want, got = want[1:], got[1:]
	}
	for len(want) > 0 && len(got) > 0 && want[len(want)-1].text == got[len(got)-1].text {
		want, got = want[:len(want)-1], got[:len(got)-1]
	}
	return want, got
}

// split gives the lines between dots; there is one part more than there are lines of dots.
func split(want []line) [][]line {
	var parts [][]line
	begin := 0
	for i, l := range want {
		if isDots(l.text) {
			parts = append(parts, want[begin:i])
			begin = i + 1
		}
	}
	return append(parts, want[begin:])
}

// around compares what stands before, between and after dots.
func (c *comparison) around(parts [][]line, got []line) {
	first, last := parts[0], parts[len(parts)-1]
	n := min(len(first), len(got))
	c.inOrder(first, got[:n], lastLine(first))
	end := max(n, len(got)-len(last))
	if middle := parts[1 : len(parts)-1]; len(middle) > 0 {
		c.between(middle, unread(got[n:end]))
	}
	c.inOrder(last, got[end:], lastLine(last))
}

// between looks for parts one after the other.
func (c *comparison) between(parts [][]line, have []sentence) {
	for _, p := range parts {
		middle := unread(p)
		at := c.find(middle, have)
		if at >= 0 {
			have = have[at+len(middle):]
			continue
		}
		for i := range middle {
			if len(middle) == 1 || c.find(middle[i:i+1], have) < 0 {
				c.missing(middle[i].line)
			}
		}
	}
}

// find gives where some lines stand among others, or -1.
func (c *comparison) find(some, among []sentence) int {
	for at := 0; at+len(some) <= len(among); at++ {
		k := 0
		for k < len(some) {
			same, tired := c.holds(&some[k], &among[at+k])
			if tired {
				return -1
			}
			if !same {
				break
			}
			k++
		}
		if k == len(some) {
			return at
		}
	}
	return -1
}

// inOrder compares lines that have to be all there, in their order, and no others.
func (c *comparison) inOrder(want, got []line, near int) {
	want, got = c.different(want, got)
	if len(want) == 0 || len(got) == 0 || !c.spend(alignment(want, got)) {
		c.inTurn(want, got, near)
		return
	}
	w, g := c.words.sentences(want), c.words.sentences(got)
	for _, s := range aligned(w, g) {
		c.gap(w[s.i:s.k], g[s.j:s.l], near)
	}
}

// inTurn holds lines against each other as they come.
func (c *comparison) inTurn(want, got []line, near int) {
	n := min(len(want), len(got))
	for i := range n {
		c.work++
		if want[i].text == got[i].text {
			continue
		}
		if w, g := c.readBoth(want[i], got[i]); !w.says(&g) {
			c.instead(place{want[i], got[i], w, g, near})
		}
	}
	for _, l := range want[n:] {
		c.missing(l)
	}
	for _, l := range got[n:] {
		c.surplus(l, near)
	}
}

// place is where two lines stand against each other that are not the same, near a line of the document.
type place struct {
	want, got           line
	wantMeant, gotMeant meaning
	near                int
}

// instead tells about two lines that stand in one place: if they have different keys, they are about different things.
func (c *comparison) instead(p place) {
	if w, g := p.wantMeant.key, p.gotMeant.key; w != g && w != "" && g != "" {
		c.missing(p.want)
		c.surplus(p.got, p.near)
		return
	}
	c.differ(p)
}

// gap tells about lines that have no equal: they are paired by their keys, then as they come.
func (c *comparison) gap(want, got []sentence, near int) {
	if len(want) == 1 && len(got) == 1 {
		c.instead(place{want[0].line, got[0].line, *want[0].meaning, *got[0].meaning, near})
		return
	}
	to, taken := pairLines(want, got)
	for i, w := range want {
		if to[i] < 0 {
			c.missing(w.line)
			continue
		}
		g := got[to[i]]
		c.differ(place{w.line, g.line, *w.meaning, *g.meaning, near})
		near = w.number
	}
	for j, g := range got {
		if !taken[j] {
			c.surplus(g.line, near)
		}
	}
}

func (c *comparison) missing(l line) {
	if !c.full(Error) {
		c.tell(Finding{Line: l.number, Kind: MissingLine, Expected: l.text})
	}
}

func (c *comparison) surplus(l line, near int) {
	severity := Error
	if c.manner.growing || c.command.showsRelease() && optionalKeys[c.words.read(l.text).key] {
		severity = Warning
	}
	if !c.full(severity) {
		c.tell(Finding{Line: near, Kind: SurplusLine, Actual: l.text, Severity: severity, came: l.text})
	}
}

// pairLines gives for each line the one to hold it against, or -1.
func pairLines(want, got []sentence) (to []int, taken []bool) {
	to, taken = make([]int, len(want)), make([]bool, len(got))
	waiting := newQueues(len(got))
	for j := range got {
		waiting.add(got[j].key, j)
	}
	// Lines without a key go together as they come, and so do those whose key the other side does not have, unless
	// both have one: two keys are never the same thing.
	for i := range want {
		if to[i] = waiting.take(want[i].key); to[i] >= 0 {
			taken[to[i]] = true
		}
	}
	j := 0
	for i := range want {
		for to[i] < 0 && j < len(got) {
			if !taken[j] && (want[i].key == "" || got[j].key == "") {
				to[i], taken[j] = j, true
			}
			j++
		}
	}
	return to, taken
}

// optionalKeys are what helm prints about a release in some of its versions.
var optionalKeys = map[string]bool{"TEST SUITE": true, "DESCRIPTION": true, "NAMESPACE": true, "RESOURCES": true}

// differ tells about two lines that are meant to be one.
func (c *comparison) differ(p place) {
	if c.full(Error) {
		return
	}
	f := Finding{Line: p.want.number, Kind: Text, Expected: p.want.text, Actual: p.got.text, came: p.got.text}
	if key := p.wantMeant.key; key != "" && key == p.gotMeant.key {
		f.Kind, f.Row = Cell, key
		f.Expected, f.Actual = valueOf(p.want, key), valueOf(p.got, key)
	}
	c.tell(f)
}

func valueOf(l line, key string) string {
	text := collapse(l.text)
	if len(text) <= len(key)+1 {
		return ""
	}
	return collapse(text[len(key)+1:])
}

// bag says how to compare lines in any order: whether dots stand for others, and which line is told for those.
type bag struct {
	near   int
	elided bool
}

// anyOrder compares lines as a bag.
func (c *comparison) anyOrder(want, got []sentence, b bag) {
	waiting := newQueues(len(got))
	taken := make([]bool, len(got))
	for j := range got {
		waiting.add(got[j].plain, j)
	}
	var left []sentence
	for _, w := range want {
		if j := waiting.take(w.plain); j >= 0 {
			taken[j] = true
			continue
		}
		left = append(left, w)
	}
	left = slices.DeleteFunc(left, func(w sentence) bool { return len(w.parts) > 1 && c.takes(&w, got, taken) })
	var over []sentence
	for j, g := range got {
		if !taken[j] && !b.elided {
			over = append(over, g)
		}
	}
	c.gap(left, over, b.near)
}

// takes looks for a line that is not taken yet and is what the document says, and takes it.
func (c *comparison) takes(want *sentence, got []sentence, taken []bool) bool {
	for j := range got {
		same, tired := false, !c.spend(1)
		if !tired && !taken[j] {
			same, tired = c.holds(want, &got[j])
		}
		if tired {
			return false
		}
		if same {
			taken[j] = true
			return true
		}
	}
	return false
}
