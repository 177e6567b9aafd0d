package match

import "strings"

// canon writes text so that two lines are equal if what differs between them may differ.
type canon struct {
	// versions takes versions of tools for volatile.
	versions bool
	// plain makes one of several wordings of a whole line; nil leaves it as it is.
	plain func(string) string
}

// line is a line of text in canonical form: blanks collapsed, and a type in place of each volatile word.
func (c canon) line(text string) string {
	words := strings.Fields(text)
	out := make([]string, 0, len(words))
	kind := ""
	for i := 0; i < len(words); {
		if n := dateAt(words[i:]); n > 0 {
			out = append(out, "<date>")
			i += n
			continue
		}
		out = append(out, c.word(kind, words[i]))
		kind = readKindOf(words, i)
		i++
	}
	if c.plain != nil {
		return c.plain(strings.Join(out, " "))
	}
	return strings.Join(out, " ")
}

// readKindOf gives the kind that a word announces if a quoted name follows it, as in: pod "redis-x" deleted.
func readKindOf(words []string, i int) string {
	if i+1 < len(words) && strings.HasPrefix(words[i+1], `"`) {
		return readKind(words[i])
	}
	return ""
}

// separators part a word into tokens.
const separators = `"'=,;()[]{}|`

// word is a word in canonical form.
func (c canon) word(kind, word string) string {
	if kind == "" && !strings.ContainsAny(word, digits+"/:<") {
		return withoutGroup(word)
	}
	var out strings.Builder
	for word != "" {
		n := strings.IndexAny(word, separators)
		switch n {
		case 0:
			out.WriteByte(word[0])
			word = word[1:]
			continue
		case -1:
			n = len(word)
		default:
		}
		hash := strings.HasSuffix(out.String(), "pod-template-hash=")
		if hash && meantAsHash(word[:n]) {
			out.WriteString("<hash>")
		} else {
			out.WriteString(c.sentenceToken(kind, word[:n]))
		}
		word = word[n:]
	}
	return out.String()
}

// sentenceToken sees to a full stop, comma or colon that ends a sentence and not the value.
func (c canon) sentenceToken(kind, token string) string {
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
	case c.versions && len(token) >= 7 && allIn(token, digits+"abcdef"):
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
	if isIP(host) {
		host = "<ip>"
		if isNodePort(number) {
			number = "<nodeport>"
		}
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
	if kind := readKind(plain); kind != "" && kind == plain && allIn(group, letters+digits+".") {
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
		if dash != (s[i] == '-') || !dash && !allIn(s[i:i+1], digits+"abcdefABCDEF") {
			return false
		}
	}
	return true
}

func isDigest(s string) bool {
	hex, found := strings.CutPrefix(s, "sha256:")
	return found && len(hex) >= shortDigest && len(hex) <= digestLength && allIn(hex, digits+"abcdef")
}

// isVersion takes v1.37.2, 1.37.2+k3s1, v1.30.0-gke.100 and go1.26.
func isVersion(s string) bool {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "go"), "v")
	major, rest, found := strings.Cut(s, ".")
	if !found || !allIn(major, digits) || rest == "" || rest[0] < '0' || rest[0] > '9' {
		return false
	}
	return allIn(rest, digits+letters+".+-_")
}
