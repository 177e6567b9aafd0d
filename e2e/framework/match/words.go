package match

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// canon writes text so that two lines are equal if what differs between them may differ.
type canon struct {
	// versions takes versions of tools for volatile.
	versions bool
	// nodePorts takes each number that can be a node port for one.
	nodePorts bool
	// plain makes one of several wordings of a whole line; nil leaves it as it is.
	plain func(string) string
}

// line is a line of text in canonical form: blanks collapsed, and a type in place of each volatile word.
func (c canon) line(text string) string {
	plain := text
	if !isSteady(text) {
		// What most lines need is on the stack.
		const most = 256
		var short [most]byte
		out := short[:0]
		if len(text) > most {
			out = make([]byte, 0, len(text)+most)
		}
		if out = c.write(out, text); string(out) != text {
			plain = string(out)
		}
	}
	if c.plain != nil {
		return c.plain(plain)
	}
	return plain
}

// write appends a line word by word.
func (c canon) write(out []byte, text string) []byte {
	words := window{text: text}
	words.fill()
	kind := ""
	for first := true; len(words.list()) > 0; first = false {
		if !first {
			out = append(out, ' ')
		}
		taken := dateAt(words.list())
		if taken > 0 {
			out = append(out, "<date>"...)
		} else {
			out = c.word(out, kind, words.list()[0])
			kind = readKindOf(words.list())
			taken = 1
		}
		words.take(taken)
	}
	return out
}

// isSteady tells whether a line is in canonical form for certain: words of letters that are one blank apart. Whatever is
// volatile has a digit or one of a few signs.
func isSteady(text string) bool {
	before := byte(' ')
	for i := range len(text) {
		b := text[i]
		if b < ' ' || b >= utf8.RuneSelf || unsteady[b] || b == ' ' && before == ' ' {
			return false
		}
		before = b
	}
	return text == "" || before != ' '
}

var unsteady = bytesOf(digits + `"/:<.`)

// readKindOf gives the kind that a word announces if a quoted name follows it, as in: pod "redis-x" deleted.
func readKindOf(words []string) string {
	if len(words) > 1 && strings.HasPrefix(words[1], `"`) {
		return readKind(words[0])
	}
	return ""
}

var (
	// separators part a word into tokens.
	separators = bytesOf(`"'=,;()[]{}|`)
	// volatile bytes are in whatever has a type.
	volatile = bytesOf(digits + "/:<")

	// punctuation parts what is more than a number, a length of time or a word.
	punctuation = bytesOf(".:/-<")

	groupBytes   = bytesOf(letters + digits + ".")
	uuidBytes    = bytesOf(digits + "abcdefABCDEF")
	versionBytes = bytesOf(digits + letters + ".+-_")
)

// word appends a word in canonical form.
func (c canon) word(out []byte, kind, word string) []byte {
	if kind == "" && indexOf(word, volatile) < 0 {
		return append(out, withoutGroup(word)...)
	}
	begin := len(out)
	for word != "" {
		n := indexOf(word, separators)
		switch n {
		case 0:
			out = append(out, word[0])
			word = word[1:]
			continue
		case -1:
			n = len(word)
		default:
		}
		hash := bytes.HasSuffix(out[begin:], []byte("pod-template-hash="))
		if hash && meantAsHash(word[:n]) {
			out = append(out, "<hash>"...)
		} else {
			out = append(out, c.sentenceToken(kind, word[:n])...)
		}
		word = word[n:]
	}
	return out
}

// sentenceToken sees to a full stop, comma or colon that ends a sentence and not the value.
func (c canon) sentenceToken(kind, token string) string {
	if kind == "" && indexOf(token, punctuation) < 0 {
		return c.plainToken(token)
	}
	whole := c.token(kind, token)
	if whole != token {
		return whole
	}
	trimmed := strings.TrimRight(token, ".:")
	if trimmed == token || trimmed == "" {
		return whole
	}
	return c.token(kind, trimmed) + token[len(trimmed):]
}

// plainToken is one of letters and digits only, so that it is nothing else than what is looked for here.
func (c canon) plainToken(token string) string {
	switch {
	case isAge(token):
		return "<age>"
	case c.nodePorts && isNodePort(token):
		return nodePort
	case isBareDigest(token):
		return "<digest>"
	case c.versions && isCommit(token):
		return "<commit>"
	default:
		return token
	}
}

// token is one value in canonical form.
func (c canon) token(kind, token string) string {
	if scheme, rest, found := strings.Cut(token, "://"); found {
		return scheme + "://" + c.place(rest)
	}
	if of, rest := splitKind(token); of != "" {
		return of + "/" + readName(of, rest).String()
	}
	if kind != "" {
		return readName(kind, token).String()
	}
	if !hasDigit(token) && !strings.Contains(token, "::") {
		return withoutGroup(token)
	}
	switch {
	case isIP(token):
		return "<ip>"
	case isAge(token):
		return "<age>"
	case isDate(token):
		return "<date>"
	case isClock(token):
		return "<time>"
	case isDigest(token):
		return "sha256:<digest>"
	case endsInUUID(token):
		return token[:len(token)-uuidLength] + "<uuid>"
	case c.versions && isVersion(token):
		return "<version>"
	case c.versions && isCommit(token):
		return "<commit>"
	}
	if ports, ok := readPorts(token); ok && len(ports) > 0 {
		return plainPorts(token)
	}
	if strings.ContainsAny(token, ":/") {
		return c.place(token)
	}
	return readName("", token).String()
}

// place is host[:port][/path] in canonical form.
func (c canon) place(text string) string {
	host, path, slash := strings.Cut(text, "/")
	end := strings.LastIndexByte(host, ':')
	number := ""
	if end >= 0 {
		number = host[end+1:]
		host = host[:end]
	}
	address := isIP(host)
	if address {
		host = "<ip>"
	}
	if (address || host == "localhost" || c.nodePorts) && isNodePort(number) {
		number = nodePort
	}
	if end >= 0 {
		host += ":" + number
	}
	if slash {
		host += "/" + path
	}
	return host
}

// withoutGroup makes deployment of deployment.apps and of deployment.extensions.
func withoutGroup(word string) string {
	if !strings.Contains(word, ".") {
		return word
	}
	plain, group, _ := strings.Cut(word, ".")
	if kind := readKind(plain); kind != "" && kind == plain && allIn(group, groupBytes) {
		return kind
	}
	return word
}

const (
	uuidLength   = 36
	digestLength = 64
	shortDigest  = 12
)

func endsInUUID(s string) bool {
	if len(s) < uuidLength {
		return false
	}
	s = s[len(s)-uuidLength:]
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && !uuidBytes[s[i]] {
			return false
		}
	}
	return true
}

func isDigest(s string) bool {
	hex, found := strings.CutPrefix(s, "sha256:")
	return found && len(hex) >= shortDigest && len(hex) <= digestLength && allIn(hex, hexBytes)
}

// isBareDigest takes what sha256sum prints, and a repository's index: of a chart it is another one each time that the
// chart is packaged.
func isBareDigest(s string) bool {
	return len(s) == digestLength && hasDigit(s) && allIn(s, hexBytes)
}

func isCommit(s string) bool {
	const shortest = 7
	return len(s) >= shortest && hasDigit(s) && allIn(s, hexBytes)
}

// isVersion takes v1.37.2, 1.37.2+k3s1, v1.30.0-gke.100 and go1.26.
func isVersion(s string) bool {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "go"), "v")
	major, rest, found := strings.Cut(s, ".")
	if !found || !allIn(major, digitBytes) || rest == "" || rest[0] < '0' || rest[0] > '9' {
		return false
	}
	return allIn(rest, versionBytes)
}
