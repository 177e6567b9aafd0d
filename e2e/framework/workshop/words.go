package workshop

import "strings"

// Words splits a command as a shell would: quotes and continued lines do not matter, operators are words of their own,
// comments are left out.
func Words(command string) []string {
	return appendWords(nil, command)
}

func appendWords(words []string, command string) []string {
	w := splitter{text: command, words: words}
	for w.at < len(w.text) {
		w.next()
	}
	w.end()
	return w.words
}

type splitter struct {
	text string
	at   int
	// word is the current one as long as it is a part of the text; after that it is in joined.
	word   string
	joined []byte
	begun  bool
	words  []string
}

func (w *splitter) end() {
	switch {
	case !w.begun:
	case len(w.joined) > 0:
		w.words = append(w.words, string(w.joined))
	default:
		w.words = append(w.words, w.word)
	}
	w.word, w.joined, w.begun = "", w.joined[:0], false
}

func (w *splitter) add(text string) {
	w.begun = true
	switch {
	case w.word == "" && len(w.joined) == 0:
		w.word = text
	case text != "":
		w.joined = append(append(w.joined, w.word...), text...)
		w.word = ""
	}
}

// run is what has no meaning for the shell.
func (w *splitter) run() {
	start := w.at - 1
	for w.at < len(w.text) && !meaningful[w.text[w.at]] {
		w.at++
	}
	w.add(w.text[start:w.at])
}

// meaningful are the bytes that end a run.
var meaningful = bytesOf(" \t\r\n\\'\"#;|&<>()")

// bytesOf has a set of bytes.
func bytesOf(all string) *[256]bool {
	var set [256]bool
	for i := range len(all) {
		set[all[i]] = true
	}
	return &set
}

// next reads one quote, one operator or one byte.
func (w *splitter) next() {
	c := w.text[w.at]
	w.at++
	switch c {
	case ' ', '\t', '\r':
		w.end()
	case '\\':
		w.escape()
	case '\'':
		w.single()
	case '"':
		w.double()
	case '#':
		w.comment()
	case '\n', ';', '|', '&', '<', '>', '(', ')':
		w.end()
		w.operator(c)
	default:
		w.run()
	}
}

func (w *splitter) escape() {
	if w.at == len(w.text) {
		return
	}
	if w.text[w.at] != '\n' {
		w.add(w.text[w.at : w.at+1])
	}
	w.at++
}

func (w *splitter) single() {
	rest := w.text[w.at:]
	end := strings.IndexByte(rest, '\'')
	if end < 0 {
		end = len(rest)
	}
	w.add(rest[:end])
	w.at = min(w.at+end+1, len(w.text))
}

func (w *splitter) double() {
	w.add("")
	start := w.at
	for w.at < len(w.text) && w.text[w.at] != '"' {
		if w.text[w.at] == '\\' && w.at+1 < len(w.text) && strings.IndexByte("\"\\$`\n", w.text[w.at+1]) >= 0 {
			w.add(w.text[start:w.at])
			w.at++
			start = w.at
		}
		w.at++
	}
	w.add(w.text[start:w.at])
	w.at = min(w.at+1, len(w.text))
}

func (w *splitter) comment() {
	if w.begun {
		w.add("#")
		return
	}
	end := strings.IndexByte(w.text[w.at:], '\n')
	if end < 0 {
		end = len(w.text) - w.at
	}
	w.at += end
}

// operator takes the same byte twice as one word, and lines that end as a semicolon does.
func (w *splitter) operator(c byte) {
	if c == '\n' {
		c = ';'
	}
	if n := len(w.words); c == ';' && (n == 0 || w.words[n-1] == ";") {
		return
	}
	length := 1
	if w.at < len(w.text) && w.text[w.at] == c && c != '(' && c != ')' && c != ';' {
		length++
		w.at++
	}
	if c == ';' {
		w.words = append(w.words, ";")
		return
	}
	w.words = append(w.words, w.text[w.at-length:w.at])
}

// same brings the words of commands that do the same into the same form: a flag and its value are two words, the
// namespace is named by its long flag, and the last semicolon goes.
func same(words []string) []string {
	out := make([]string, 0, len(words)+len(words)/2)
	cluster := len(words) > 0 && (words[0] == "helm" || words[0] == "kubectl")
	for _, w := range words {
		flag, value, found := strings.Cut(w, "=")
		switch {
		case cluster && w == "-n":
			out = append(out, "--namespace")
		case found && strings.HasPrefix(flag, "--"):
			out = append(out, flag, value)
		default:
			out = append(out, w)
		}
	}
	for len(out) > 0 && out[len(out)-1] == ";" {
		out = out[:len(out)-1]
	}
	return out
}

// key is equal for commands that do the same.
func key(command string) string {
	return strings.Join(same(Words(command)), "\x00")
}
