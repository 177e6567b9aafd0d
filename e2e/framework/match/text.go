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
	parts, elided := split(want)
	if !elided && !c.options.AnyOrder && !c.manner.unordered {
		want, got = unlike(want, got)
		parts = [][]line{want}
	}
	have := c.words.sentences(got)
	if c.options.AnyOrder || c.command.unordered() || c.manner.unordered {
		c.anyOrder(c.words.sentences(slices.Concat(parts...)), have, bag{near, elided})
		return
	}
	if !elided {
		c.inOrder(c.words.sentences(want), have, near)
		return
	}
	c.around(parts, have)
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
func split(want []line) (parts [][]line, elided bool) {
	parts = [][]line{nil}
	for _, l := range want {
		if isDots(l.text) {
			parts = append(parts, nil)
			elided = true
			continue
		}
		last := len(parts) - 1
		parts[last] = append(parts[last], l)
	}
	return parts, elided
}

// around compares what stands before, between and after dots.
func (c *comparison) around(parts [][]line, have []sentence) {
	first := c.words.sentences(parts[0])
	n := min(len(first), len(have))
	c.inOrder(first, have[:n], lastLine(parts[0]))
	have = have[n:]

	last := c.words.sentences(parts[len(parts)-1])
	end := len(have) - min(len(last), len(have))
	for _, p := range parts[1 : len(parts)-1] {
		middle := c.words.sentences(p)
		at := c.find(middle, have[:end])
		if at < 0 {
			for _, s := range middle {
				if c.find([]sentence{s}, have[:end]) < 0 || len(middle) == 1 {
					c.tell(missingLine(s.line))
				}
			}
			continue
		}
		have = have[at+len(middle):]
		end -= at + len(middle)
	}
	c.inOrder(last, have[end:], lastLine(parts[len(parts)-1]))
}

// find gives where some lines stand among others, or -1.
func (c *comparison) find(some, among []sentence) int {
	for at := 0; at+len(some) <= len(among); at++ {
		k := 0
		for k < len(some) {
			if !c.spend(some[k].effort(&among[at+k])) {
				return -1
			}
			if !some[k].says(&among[at+k]) {
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
func (c *comparison) inOrder(want, got []sentence, near int) {
	for _, g := range c.gaps(want, got) {
		c.gap(want[g.i:g.k], got[g.j:g.l], near)
	}
}

// gap tells about lines that have no equal: they are paired by their keys, then as they come.
func (c *comparison) gap(want, got []sentence, near int) {
	to, taken := pairLines(want, got)
	for i, w := range want {
		if to[i] < 0 {
			c.tell(missingLine(w.line))
			continue
		}
		c.tell(differentLine(w, got[to[i]]))
		near = w.number
	}
	for j, g := range got {
		if taken[j] {
			continue
		}
		f := surplusLine(g.line, near)
		if c.manner.growing || c.command.showsRelease() && optionalKeys[g.key] {
			f.Severity = Warning
		}
		c.tell(f)
	}
}

// pairLines gives for each line the one to hold it against, or -1.
func pairLines(want, got []sentence) (to []int, taken []bool) {
	byKey := map[string][]int{}
	for j, g := range got {
		byKey[g.key] = append(byKey[g.key], j)
	}
	taken = make([]bool, len(got))
	// Lines without a key go together as they come, and so do those whose key the other side does not have, unless
	// both have one: two keys are never the same thing.
	for i, w := range want {
		to = append(to, -1)
		if waiting := byKey[w.key]; len(waiting) > 0 {
			to[i], byKey[w.key] = waiting[0], waiting[1:]
			taken[waiting[0]] = true
		}
	}
	j := 0
	for i, w := range want {
		for to[i] < 0 && j < len(got) {
			if !taken[j] && (w.key == "" || got[j].key == "") {
				to[i], taken[j] = j, true
			}
			j++
		}
	}
	return to, taken
}

// optionalKeys are what helm prints about a release in some of its versions.
var optionalKeys = map[string]bool{"TEST SUITE": true, "DESCRIPTION": true, "NAMESPACE": true, "RESOURCES": true}

func differentLine(want, got sentence) Finding {
	f := Finding{Line: want.number, Kind: Text, Expected: want.text, Actual: got.text, came: got.text}
	if want.key != "" && want.key == got.key {
		f.Kind, f.Row = Cell, want.key
		f.Expected, f.Actual = valueOf(want), valueOf(got)
	}
	return f
}

func valueOf(s sentence) string {
	text := collapse(s.text)
	if len(text) <= len(s.key)+1 {
		return ""
	}
	return collapse(text[len(s.key)+1:])
}

// bag says how to compare lines in any order: whether dots stand for others, and which line is told for those.
type bag struct {
	near   int
	elided bool
}

// anyOrder compares lines as a bag.
func (c *comparison) anyOrder(want, got []sentence, b bag) {
	waiting := map[string][]int{}
	taken := make([]bool, len(got))
	for j, g := range got {
		waiting[g.plain] = append(waiting[g.plain], j)
	}
	var left []sentence
	for _, w := range want {
		if at := waiting[w.plain]; len(at) > 0 {
			taken[at[0]] = true
			waiting[w.plain] = at[1:]
			continue
		}
		left = append(left, w)
	}
	left = slices.DeleteFunc(left, func(w sentence) bool {
		for j := 0; len(w.parts) > 1 && j < len(got) && c.spend(w.effort(&got[j])); j++ {
			if !taken[j] && w.says(&got[j]) {
				taken[j] = true
				return true
			}
		}
		return false
	})
	var over []sentence
	for j, g := range got {
		if !taken[j] && !b.elided {
			over = append(over, g)
		}
	}
	c.gap(left, over, b.near)
}
