package workshop

import "strings"

// What a scanner can be inside of. A compound is a loop, a condition or a group in braces.
const (
	inSingle     = '\''
	inDouble     = '"'
	inBackquote  = '`'
	inEscaped    = 'e'
	inParameter  = 'v'
	inParens     = '('
	inArithmetic = 'A'
	inCompound   = 'k'
)

// scanner reads a shell command line by line, as far as needed to know whether it goes on in the next line.
type scanner struct {
	// stack is what is open, the innermost last.
	stack     []byte
	heredocs  []heredoc
	continued bool
	// word is what has been read of the current word, and first says that it stands where a command's name does.
	word  []byte
	first bool
	begun bool
}

type heredoc struct {
	end  string
	tabs bool
}

// complete says whether the lines so far are a whole command.
func (s *scanner) complete() bool {
	return len(s.stack) == 0 && len(s.heredocs) == 0 && !s.continued
}

func (s *scanner) top() byte {
	if len(s.stack) == 0 {
		return 0
	}
	return s.stack[len(s.stack)-1]
}

func (s *scanner) push(c byte) { s.stack = append(s.stack, c) }

func (s *scanner) pop() { s.stack = s.stack[:len(s.stack)-1] }

// line reads one line more.
func (s *scanner) line(text string) {
	if len(s.heredocs) > 0 && !s.continued {
		s.hereLine(text)
		return
	}
	if !s.continued && s.top() != inSingle && s.top() != inDouble {
		s.first = true
	}
	s.continued = false
	for i := 0; i < len(text); {
		switch s.top() {
		case inSingle:
			i = s.until(text, i, '\'')
		case inEscaped, inDouble, inBackquote, inParameter:
			i = s.quoted(text, i)
		default:
			i = s.plain(text, i)
		}
	}
	open := s.top()
	if !s.continued && open != inSingle && open != inDouble {
		s.endWord()
		s.continued = endsWithOperator(text) && open != inBackquote
	}
}

// hereLine reads a line of the first here-document that is open.
func (s *scanner) hereLine(text string) {
	h := s.heredocs[0]
	if h.tabs {
		text = strings.TrimLeft(text, "\t")
	}
	if text == h.end {
		s.heredocs = s.heredocs[1:]
	}
}

// until reads up to the byte that closes what is innermost.
func (s *scanner) until(text string, i int, closing byte) int {
	end := strings.IndexByte(text[i:], closing)
	if end < 0 {
		return len(text)
	}
	s.pop()
	return i + end + 1
}

// closes gives the byte that closes what is open.
func closes(open byte) byte {
	switch open {
	case inEscaped:
		return '\''
	case inParameter:
		return '}'
	default:
		return open
	}
}

// quiet bytes mean nothing wherever they are.
var quiet = bytesOf("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@%+")

// quoted reads one byte, or one substitution, of a quote or a parameter.
func (s *scanner) quoted(text string, i int) int {
	top, c := s.top(), text[i]
	switch {
	case quiet[c] || c == ' ':
		for i++; i < len(text) && (quiet[text[i]] || text[i] == ' '); {
			i++
		}
		return i
	case c == '\\':
		if i+1 == len(text) && top != inEscaped {
			s.continued = true
		}
		return i + 2
	case c == closes(top):
		s.pop()
	case top == inDouble && c == '`', top == inParameter && (c == '"' || c == '\''):
		s.push(c)
	case (top == inDouble || top == inParameter) && c == '$':
		return s.dollar(text, i)
	}
	return i + 1
}

// dollar reads what begins a substitution.
func (s *scanner) dollar(text string, i int) int {
	rest := text[i+1:]
	switch {
	case strings.HasPrefix(rest, "(("):
		s.push(inArithmetic)
		s.push(inArithmetic)
		return i + 3
	case strings.HasPrefix(rest, "("):
		s.push(inParens)
		s.first = true
		return i + 2
	case strings.HasPrefix(rest, "{"):
		s.push(inParameter)
		return i + 2
	case strings.HasPrefix(rest, "'") && s.top() != inDouble && s.top() != inParameter:
		s.push(inEscaped)
		return i + 2
	}
	return i + 1
}

// plain reads one byte, or one operator, outside of quotes.
func (s *scanner) plain(text string, i int) int {
	c := text[i]
	if quiet[c] {
		for ; i < len(text) && quiet[text[i]]; i++ {
			s.add(text[i])
		}
		return i
	}
	switch c {
	case '\\':
		s.continued = i+1 == len(text)
		s.add(c)
		return i + 2
	case '\'', '"', '`':
		s.add(c)
		s.push(c)
		return i + 1
	case '$':
		s.add(c)
		return s.dollar(text, i)
	case '#':
		if !s.begun && s.top() != inArithmetic {
			return len(text)
		}
		s.add(c)
		return i + 1
	case '(', ')':
		s.paren(text, i)
		return i + 1
	case '<':
		return s.less(text, i)
	case ';', '|', '&':
		s.endWord()
		s.first = true
		return i + 1
	case ' ', '\t':
		s.endWord()
		return i + 1
	}
	s.add(c)
	return i + 1
}

func (s *scanner) paren(text string, i int) {
	if text[i] == ')' {
		s.endWord()
		if s.top() == inParens || s.top() == inArithmetic {
			s.pop()
		}
		s.first = true
		return
	}
	kind := byte(inParens)
	if s.top() == inArithmetic || !s.begun && strings.HasPrefix(text[i:], "((") {
		kind = inArithmetic
	}
	s.endWord()
	s.push(kind)
	s.first = true
}

// less reads a redirection, which may open a here-document.
func (s *scanner) less(text string, i int) int {
	rest := text[i:]
	if s.top() == inArithmetic || !strings.HasPrefix(rest, "<<") {
		s.endWord()
		return i + 1
	}
	if strings.HasPrefix(rest, "<<<") {
		s.endWord()
		return i + 3
	}
	s.endWord()
	h := heredoc{}
	j := i + 2
	if j < len(text) && text[j] == '-' {
		h.tabs = true
		j++
	}
	for j < len(text) && (text[j] == ' ' || text[j] == '\t') {
		j++
	}
	start := j
	for j < len(text) && !strings.ContainsRune(" \t;|&<>()", rune(text[j])) {
		j++
	}
	h.end = unquote(text[start:j])
	if h.end != "" {
		s.heredocs = append(s.heredocs, h)
	}
	return j
}

// unquote takes the quotes off the word that ends a here-document.
func unquote(word string) string {
	return strings.Map(func(r rune) rune {
		if r == '\'' || r == '"' || r == '\\' {
			return -1
		}
		return r
	}, word)
}

func (s *scanner) add(c byte) {
	s.begun = true
	if len(s.word) < len("function")+1 {
		s.word = append(s.word, c)
	}
}

// endWord ends the current word: where a command's name is expected, it may open or close a compound.
func (s *scanner) endWord() {
	if !s.begun {
		return
	}
	word, first := string(s.word), s.first
	s.word, s.begun, s.first = s.word[:0], false, false
	if !first {
		return
	}
	switch word {
	case "if", "for", "while", "until", "case", "select", "{":
		s.push(inCompound)
		s.first = word == "{" || word == "if" || word == "while" || word == "until"
	case "fi", "done", "esac", "}":
		if s.top() == inCompound {
			s.pop()
		}
	case "do", "then", "else", "elif", "!", "time":
		s.first = true
	}
}

// endsWithOperator says that a line asks for another command.
func endsWithOperator(text string) bool {
	text = strings.TrimRight(text, " \t")
	return strings.HasSuffix(text, "&&") || strings.HasSuffix(text, "|")
}
