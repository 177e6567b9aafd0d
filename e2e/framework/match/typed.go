package match

import "strings"

// shape is what a cell under a title may look like: whether a text can be its value, and of how many words that is at
// most. Titles without one take any words that are one blank apart.
type shape struct {
	fits func(string) bool
	most int
}

// shapes tell the cells of a row apart whose blanks do not.
var shapes = map[string]shape{
	"NAME": word(isAny), "NAMESPACE": word(isAny), "STATUS": word(isCalled), "REASON": word(isCalled), "TYPE": word(isCalled),
	"AGE": {isSince, 4}, "LAST SEEN": {isSince, 4}, "FIRST SEEN": {isSince, 4}, "DURATION": word(isAge), "LAST SCHEDULE": word(isAgeOrNone),
	"UPDATED": {isDate, mostDateWord}, "LAST DEPLOYED": {isDate, mostDateWord},
	"READY": word(isReady), "RESTARTS": {isRestarts, 3}, "COMPLETIONS": word(isReady),
	"UP-TO-DATE": word(isCount), "AVAILABLE": word(isReady), "DESIRED": word(isCount), "CURRENT": word(isCount),
	"REVISION": word(isCount), "DATA": word(isCount),
	"CLUSTER-IP": word(isAddress), "IP": word(isAddress), "EXTERNAL-IP": word(isOutsideOrNone), "PORT(S)": word(isPorts),
	"OBJECT": word(isObject), "CHART": word(isChart), "CHART VERSION": word(hasDigit), "APP VERSION": word(isAny),
}

func word(fits func(string) bool) shape { return shape{fits, 1} }

func isAny(string) bool { return true }

// isCalled tells whether a word is a name for something, such as Running or ClusterIP.
func isCalled(s string) bool {
	return letterBytes[s[0]|' '] && !isAge(s) && strings.IndexByte(s, '.') < 0
}

func isSince(s string) bool { return isAge(since(s)) }

func isAgeOrNone(s string) bool { return s == none || isAge(s) }

func isCount(s string) bool { return s == "*" || s == none || allIn(s, digitBytes) }

// isReady takes 1/2, and what tables of one kind have instead.
func isReady(s string) bool {
	ready, all, parted := strings.Cut(s, "/")
	if parted {
		return allIn(ready, digitBytes) && allIn(all, digitBytes)
	}
	return isCount(s) || s == "True" || s == "False" || s == "Unknown"
}

func isRestarts(s string) bool {
	times, since, _ := strings.Cut(s, " ")
	return allIn(times, digitBytes) && ago(since)
}

func isAddress(s string) bool { return s == "None" || s == none || addresses(canon{}, s, s) }

func isOutsideOrNone(s string) bool { return s == none || s == "<nodes>" || isOutside(s) }

func isPorts(s string) bool {
	_, okay := readPorts(s)
	return okay || s == none
}

// isObject takes a kind with a name.
func isObject(s string) bool { return strings.IndexByte(s, '/') > 0 }

// isChart takes the name of a chart with its version.
func isChart(s string) bool {
	i := strings.IndexByte(s, '-')
	return i > 0 && hasDigit(s[i:])
}

// shapesOf are the shapes of the cells under titles.
func shapesOf(titles []string) []shape {
	all := make([]shape, len(titles))
	for i, title := range titles {
		all[i] = shapes[title]
	}
	return all
}

// fits tells whether cells look like what their titles say.
func (h *header) fits(cells []string) bool {
	for i, s := range h.shapes {
		switch {
		case s.fits == nil || isDots(cells[i]):
		case cells[i] == "":
			if neverBlank[h.titles[i]] {
				return false
			}
		case !s.fits(collapse(cells[i])):
			return false
		}
	}
	return true
}

// byShape puts the words of a row under those titles that they can belong to, nearest to where they stand, and tells
// whether there is a way. It is for tables so narrow that their blanks do not tell which cell is empty.
func (c *cutter) byShape(h *header, cells []string, text string) bool {
	const widest = 24
	c.spans = spans(c.spans[:0], text, 1)
	words, n := c.spans, len(cells)
	if len(words) > widest || n > widest || len(words)*n > c.effort {
		return false
	}
	p := placing{header: h, text: text, words: words, width: n + 1}
	size := (len(words) + 1) * p.width
	c.cost = append(c.cost[:0], make([]int, 2*size)...)
	p.cost, p.taken = c.cost[:size], c.cost[size:]
	c.effort -= p.solve()
	if p.cost[0] >= impossible {
		return false
	}
	clear(cells)
	for i, j := 0, 0; j < n; j++ {
		if k := p.taken[i*p.width+j]; k > 0 {
			cells[j] = p.value(i, k)
			i += k
		}
	}
	return true
}

const impossible = 1 << 40

// placing finds the cheapest way to put words under titles, in their order.
type placing struct {
	header *header
	text   string
	words  []span
	width  int
	// cost of the words from i on under the titles from j on is at i*width+j, and there how many the first title takes.
	cost, taken []int
}

// solve tells how many values it has looked at.
func (p *placing) solve() int {
	n, steps := p.width-1, 0
	for i := len(p.words); i >= 0; i-- {
		if i < len(p.words) {
			p.cost[i*p.width+n] = impossible
		}
		for j := n - 1; j >= 0; j-- {
			steps += p.place(i, j)
		}
	}
	return steps
}

func (p *placing) place(i, j int) (steps int) {
	best, taken := impossible, 0
	if !neverBlank[p.header.titles[j]] {
		best = p.cost[i*p.width+j+1]
	}
	s := p.header.shapes[j]
	for k := 1; i+k <= len(p.words) && (s.fits == nil || k <= s.most); k++ {
		steps++
		if k > 1 && s.fits == nil && !apart(p.words, i+k-1) {
			break
		}
		away := p.words[i].start - p.header.at[j]
		cost := p.cost[(i+k)*p.width+j+1] + max(away, -away)
		if cost < best && (s.fits == nil || s.fits(p.value(i, k))) {
			best, taken = cost, k
		}
	}
	p.cost[i*p.width+j], p.taken[i*p.width+j] = best, taken
	return steps + 1
}

// value is what k words from i on are in one cell.
func (p *placing) value(i, k int) string { return collapse(p.words[i].with(p.words[i+k-1], p.text)) }
