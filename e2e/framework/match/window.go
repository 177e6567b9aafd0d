package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// window has the next words of a text, as many as anything needs to look ahead, however long the text is.
type window struct {
	words      [windowSize]string
	first, end int
	text       string
}

const windowSize = 32

// list are the next words; only at the end of the text there are none.
func (w *window) list() []string { return w.words[w.first:w.end] }

// take goes on by some words.
func (w *window) take(n int) {
	w.first += n
	if w.end-w.first < mostDateWord && w.text != "" {
		w.fill()
	}
}

func (w *window) fill() {
	w.end = copy(w.words[:], w.list())
	for w.first = 0; w.end < windowSize; w.end++ {
		word, rest := cutWord(w.text)
		w.text = rest
		if word == "" {
			break
		}
		w.words[w.end] = word
	}
}

// cutWord takes the first word off a text. Words are parted as [strings.Fields] does.
func cutWord(text string) (word, rest string) {
	start := 0
	for start < len(text) && isBlankByte(text[start]) {
		start++
	}
	for end := start; end < len(text); end++ {
		if b := text[end]; isBlankByte(b) {
			return text[start:end], text[end+1:]
		} else if b >= utf8.RuneSelf {
			return cutWideWord(text[start:])
		}
	}
	return text[start:], ""
}

func isBlankByte(b byte) bool { return b == ' ' || b >= '\t' && b <= '\r' }

// cutWideWord sees to blanks that are not of ASCII.
func cutWideWord(text string) (word, rest string) {
	text = strings.TrimLeftFunc(text, unicode.IsSpace)
	end := strings.IndexFunc(text, unicode.IsSpace)
	if end < 0 {
		return text, ""
	}
	return text[:end], text[end:]
}

// appendFields appends the words of a text.
func appendFields(words []string, text string) []string {
	for text != "" {
		var word string
		if word, text = cutWord(text); word != "" {
			words = append(words, word)
		}
	}
	return words
}
