package match

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// header has the titles of a table and where they begin. Tables that are alike share it.
type header struct {
	titles []string
	at     []int
	tabbed bool
	// shapes are those of the cells under the titles.
	shapes []shape
	// places says where each title is, for headers with more titles than are quickly looked through.
	places map[string]int
}

// index is the place of a title, or -1.
func (h *header) index(title string) int {
	if h.places == nil {
		return slices.Index(h.titles, title)
	}
	if at, known := h.places[title]; known {
		return at
	}
	return -1
}

// indexNear is the place of a title that is likely at place i.
func (h *header) indexNear(i int, title string) int {
	if i < len(h.titles) && h.titles[i] == title {
		return i
	}
	return h.index(title)
}

// distinct numbers titles that come again, and remembers where each is.
func (h *header) distinct() {
	const few = 16
	if len(h.titles) <= few {
		for i := len(h.titles) - 1; i > 0; i-- {
			again := 1
			for _, before := range h.titles[:i] {
				if before == h.titles[i] {
					again++
				}
			}
			h.number(i, again)
		}
		return
	}
	seen := make(map[string]int, len(h.titles))
	h.places = make(map[string]int, len(h.titles))
	for i, title := range h.titles {
		seen[title]++
		h.number(i, seen[title])
		h.places[h.titles[i]] = i
	}
}

func (h *header) number(i, again int) {
	if again > 1 {
		h.titles[i] += " #" + strconv.Itoa(again)
	}
}

// longTitles are titles of several words. Others are recognised by the rows below them.
var longTitles = []string{
	"APP VERSION", "CHART VERSION", "LAST SEEN", "FIRST SEEN", "NOMINATED NODE", "READINESS GATES", "LAST SCHEDULE",
	"RECLAIM POLICY", "ACCESS MODES", "NODE SELECTOR", "MIN AVAILABLE", "MAX UNAVAILABLE", "ALLOWED DISRUPTIONS",
	"IMAGE ID", "CONTAINER ID", "LAST DEPLOYED", "LAST UPDATED",
}

// firstTitles begin a table even if nothing else tells it from a line in capitals.
var firstTitles = []string{"NAME", "REVISION", "NAMESPACE", "LAST", "CURRENT", "REPOSITORY", "CONTAINER", "FIRST"}

// isHeader tells whether a line that does not follow a table is the header of one.
func isHeader(text string) bool {
	first, words := titleWords(text)
	switch {
	case words == 0:
		return false
	case begins(text, first, words):
		return true
	case words == 1:
		return false
	default:
		trimmed := strings.TrimSpace(text)
		return strings.Contains(trimmed, "  ") || strings.Contains(trimmed, "\t")
	}
}

// startsTable tells whether a line is a header wherever it stands.
func startsTable(text string) bool {
	first, words := titleWords(text)
	return words > 0 && begins(text, first, words)
}

func begins(text, first string, words int) bool {
	return slices.Contains(firstTitles, first) && (words > 1 || text == "NAME")
}

// titleWords counts the words of a line, and gives the first, if all of them may be of titles.
func titleWords(text string) (first string, words int) {
	const widest = 2000
	if len(text) > widest || text == "" || (text[0] < 'A' || text[0] > 'Z') && text[0] != ' ' {
		return "", 0
	}
	for word := range strings.FieldsSeq(text) {
		if !isTitle(word) {
			return "", 0
		}
		if words == 0 {
			first = word
		}
		words++
	}
	return first, words
}

var titleBytes = bytesOf(capitals + digits + "()/%_.-#")

func isTitle(word string) bool {
	word = strings.TrimSuffix(strings.TrimSuffix(word, "(cores)"), "(bytes)")
	return allIn(word, titleBytes) && word[0] >= 'A' && word[0] <= 'Z'
}

// headerReader reads headers. It keeps the last one: many tables have the same.
type headerReader struct {
	last   *header
	text   string
	rows   bool
	words  []span
	begins []bool // under words that are one blank apart from those before them
	now    []bool
}

// read finds the titles; the rows tell whether two words one blank apart are one title or two.
func (r *headerReader) read(lines []line) *header {
	text := lines[0].text
	rows := slices.ContainsFunc(lines[1:], func(l line) bool { return !isDots(l.text) })
	if r.last == nil || r.text != text {
		r.last, r.text = nil, text
		r.words = spans(r.words[:0], text, 1)
	}
	r.now = beginnings(r.now, r.words, lines[1:])
	if r.last != nil && r.rows == rows && slices.Equal(r.now, r.begins) {
		return r.last
	}
	r.rows, r.begins, r.now = rows, r.now, r.begins
	r.last = r.titles()
	r.last.shapes = shapesOf(r.last.titles)
	r.last.distinct()
	return r.last
}

func (r *headerReader) titles() *header {
	h := &header{tabbed: strings.IndexByte(r.text, '\t') >= 0}
	if h.tabbed {
		const stop = 8
		at := 0
		for part := range strings.SplitSeq(r.text, "\t") {
			h.titles = append(h.titles, collapse(part))
			h.at = append(h.at, at)
			at += stop * (len(part)/stop + 1)
		}
		return h
	}
	const most = 4 // words of a title
	words := r.words
	h.titles, h.at = make([]string, 0, len(words)), make([]int, 0, len(words))
	for i := 0; i < len(words); {
		end := i + 1
		for end < len(words) && end-i < most && apart(words, end) &&
			together(words[i:end+1], nextWord{under: r.begins[end], rows: r.rows, text: r.text}) {
			end++
		}
		h.titles = append(h.titles, words[i].with(words[end-1], r.text))
		h.at = append(h.at, words[i].start)
		i = end
	}
	return h
}

// apart tells whether a word is one blank apart from the one before it.
func apart(words []span, i int) bool { return words[i].start-words[i-1].end == 1 }

// nextWord says of a word of a header whether a word of a row begins right under it, and whether there are rows.
type nextWord struct {
	under, rows bool
	text        string // of the header
}

// beginnings tells under which words of a header a word of any row begins, as far as it matters. It looks at each row
// once.
func beginnings(begins []bool, words []span, rows []line) []bool {
	begins = append(begins[:0], make([]bool, len(words))...)
	open := 0
	for i := 1; i < len(words); i++ {
		if apart(words, i) {
			open++
		}
	}
	for i := 0; i < len(rows) && open > 0; i++ {
		if !isDots(rows[i].text) {
			open -= beginning(begins, words, rows[i].text)
		}
	}
	return begins
}

// beginning looks at one row, and counts what it finds.
func beginning(begins []bool, words []span, text string) (found int) {
	if !isASCII(text) {
		text = narrow(text)
	}
	for i := 1; i < len(words) && words[i].start < len(text); i++ {
		at := words[i].start
		if !begins[i] && text[at-1] == ' ' && text[at] != ' ' && apart(words, i) {
			begins[i] = true
			found++
		}
	}
	return found
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// narrow has one byte for each character.
func narrow(text string) string {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if r >= utf8.RuneSelf {
			r = 'x'
		}
		out = append(out, byte(r))
	}
	return string(out)
}

// together tells whether words that are one blank apart are one title.
func together(words []span, last nextWord) bool {
	first, next := words[0].text, words[len(words)-1].text
	title := words[0].with(words[len(words)-1], last.text)
	if slices.Contains(longTitles, title) {
		return true
	}
	if slices.ContainsFunc(longTitles, func(known string) bool {
		return len(title) > len(known) && title[len(known)] == ' ' && strings.HasPrefix(title, known)
	}) {
		return false
	}
	if startsLong(last.text[words[len(words)-1].at:]) || len(words) == 2 && first == "NAME" {
		return false
	}
	if isKnownTitle(next) && (isKnownTitle(first) || !last.rows) {
		return false
	}
	return !last.under
}

func startsLong(text string) bool {
	return slices.ContainsFunc(longTitles, func(known string) bool { return strings.HasPrefix(text, known) })
}

func isKnownTitle(title string) bool {
	_, known := columns[title]
	return known || slices.Contains(firstTitles, title)
}
