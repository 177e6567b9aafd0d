package match

import (
	"slices"
	"strconv"
	"strings"
)

// header has the titles of a table and where they begin.
type header struct {
	titles []string
	at     []int
	tabbed bool
	// places says where each title is, for headers with more titles than are quickly looked through.
	places map[string]int
}

// index is the place of a title, or -1.
func (h header) index(title string) int {
	if h.places == nil {
		return slices.Index(h.titles, title)
	}
	if at, known := h.places[title]; known {
		return at
	}
	return -1
}

// distinct numbers titles that come again, and remembers where each is.
func (h *header) distinct() {
	const few = 16
	h.distinguish()
	if len(h.titles) <= few {
		return
	}
	h.places = make(map[string]int, len(h.titles))
	for i, title := range h.titles {
		h.places[title] = i
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
	words := titleWords(text)
	switch {
	case len(words) == 0:
		return false
	case startsTable(text):
		return true
	case len(words) == 1:
		return false
	default:
		trimmed := strings.TrimSpace(text)
		return strings.Contains(trimmed, "  ") || strings.Contains(trimmed, "\t")
	}
}

// startsTable tells whether a line is a header wherever it stands.
func startsTable(text string) bool {
	words := titleWords(text)
	if len(words) == 0 || !slices.Contains(firstTitles, words[0]) {
		return false
	}
	return len(words) > 1 || text == "NAME"
}

// titleWords are the words of a line if all of them may be of titles.
func titleWords(text string) []string {
	const widest = 2000
	if len(text) > widest || text == "" || (text[0] < 'A' || text[0] > 'Z') && text[0] != ' ' {
		return nil
	}
	words := strings.Fields(text)
	for _, w := range words {
		if !isTitle(w) {
			return nil
		}
	}
	return words
}

func isTitle(word string) bool {
	word = strings.TrimSuffix(strings.TrimSuffix(word, "(cores)"), "(bytes)")
	return allIn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"+digits+"()/%_.-#") && word[0] >= 'A' && word[0] <= 'Z'
}

// readHeader finds the titles; the rows tell whether two words one blank apart are one title or two.
func readHeader(text string, rows []string) header {
	h := header{tabbed: strings.Contains(text, "\t")}
	if h.tabbed {
		at := 0
		for part := range strings.SplitSeq(text, "\t") {
			h.titles = append(h.titles, collapse(part))
			h.at = append(h.at, at)
			at += 8 * (len(part)/8 + 1)
		}
		return h
	}
	words := spans(text, 1)
	begins := beginnings(words, rows)
	const most = 4 // words of a title
	for i := 0; i < len(words); {
		end := i + 1
		for end < len(words) && end-i < most && words[end].start-words[end-1].end == 1 &&
			together(words[i:end+1], beginning{under: begins[end], rows: len(rows), after: text[words[end].start:]}) {
			end++
		}
		h.titles = append(h.titles, titleOf(words[i:end]))
		h.at = append(h.at, words[i].start)
		i = end
	}
	return h
}

// distinguish numbers titles that come again.
func (h header) distinguish() {
	seen := map[string]int{}
	for i, title := range h.titles {
		seen[title]++
		if seen[title] > 1 {
			h.titles[i] = title + " #" + strconv.Itoa(seen[title])
		}
	}
}

// beginning says whether a word of a row begins right under a title, and how many rows there are.
type beginning struct {
	under bool
	rows  int
	after string // the header from that word on
}

// beginnings tells under which words of a header a word of any row begins. It looks at each row once.
func beginnings(words []span, rows []string) []bool {
	begins := make([]bool, len(words))
	for _, r := range rows {
		column, before := 0, ' '
		next := 0
		for _, letter := range r {
			for next < len(words) && words[next].start < column {
				next++
			}
			if next == len(words) {
				break
			}
			if words[next].start == column && column > 0 && before == ' ' && letter != ' ' {
				begins[next] = true
			}
			before = letter
			column++
		}
	}
	return begins
}

func titleOf(words []span) string {
	parts := texts(words)
	return strings.Join(parts, " ")
}

// together tells whether words that are one blank apart are one title.
func together(words []span, last beginning) bool {
	title := titleOf(words)
	if slices.Contains(longTitles, title) {
		return true
	}
	first, next := words[0].text, words[len(words)-1].text
	if slices.ContainsFunc(longTitles, func(known string) bool {
		return len(title) > len(known) && title[len(known)] == ' ' && strings.HasPrefix(title, known)
	}) {
		return false
	}
	if startsLong(last.after) || len(words) == 2 && first == "NAME" {
		return false
	}
	if isKnownTitle(next) && (isKnownTitle(first) || last.rows == 0) {
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
