package match

import "strings"

// sentence is a line of text that is to be compared.
type sentence struct {
	line
	// meaning is nil as long as nobody needed it.
	*meaning
}

// meaning is what matters of a line.
type meaning struct {
	// plain is the line in canonical form, without tail.
	plain string
	// tail is what only some versions of kubectl append.
	tail string
	// key is of lines such as STATUS: deployed.
	key string
	// parts are around dots within or at the end of the line, which stand for anything. A line without has one part.
	parts []string
}

// verbs are what kubectl says that it did.
var verbs = setOf(
	"created", "configured", "unchanged", "patched", "exposed", "scaled", "labeled", "unlabeled", "not labeled", "annotated",
	"autoscaled", "restarted", "edited", "replaced", "tainted", "untainted", "cordoned", "uncordoned", "drained", "evicted",
	"rolled back", "paused", "resumed", "env updated", "image updated", "resource requirements updated", "selector updated",
	"subjects updated", "serverside-applied", "created (dry run)", "configured (dry run)",
)

func (c canon) sentences(lines []line) []sentence {
	all := make([]sentence, len(lines))
	meanings := make([]meaning, len(lines))
	for i, l := range lines {
		meanings[i] = c.read(l.text)
		all[i] = sentence{l, &meanings[i]}
	}
	return all
}

// unread are sentences whose meaning may never be needed.
func unread(lines []line) []sentence {
	all := make([]sentence, len(lines))
	for i, l := range lines {
		all[i].line = l
	}
	return all
}

func (c canon) read(text string) meaning {
	m := meaning{plain: c.line(text)}
	if i := strings.Index(m.plain, `" deleted from `); i >= 0 && strings.HasSuffix(m.plain, " namespace") {
		const verb = len(`" deleted`)
		m.plain, m.tail = m.plain[:i+verb], m.plain[i+verb:]
	}
	m.plain = asOne(m.plain)
	m.key = keyOf(m.plain)
	if strings.Contains(text, "...") || strings.Contains(text, "…") {
		m.parts = c.around(text)
	}
	return m
}

// asOne makes service/redis created of service "redis" created, as kubectl said it before 1.9.
func asOne(plain string) string {
	kind, rest, found := strings.Cut(plain, ` "`)
	if !found || strings.Contains(kind, " ") || readKind(kind) == "" {
		return plain
	}
	name, verb, found := strings.Cut(rest, `" `)
	if !found || !verbs[verb] {
		return plain
	}
	return readKind(kind) + "/" + name + " " + verb
}

// keyOf gives what stands before the first colon, if it is short enough for a key.
func keyOf(plain string) string {
	const longest = 40
	i := strings.Index(plain, ": ")
	if i < 0 {
		if !strings.HasSuffix(plain, ":") {
			return ""
		}
		i = len(plain) - 1
	}
	if i > longest {
		return ""
	}
	return plain[:i]
}

// around gives the parts of a line that stand around dots.
func (c canon) around(text string) []string {
	text = strings.ReplaceAll(text, "…", "...")
	var parts []string
	for {
		i := strings.Index(text, "...")
		if i < 0 {
			return append(parts, c.line(text))
		}
		parts = append(parts, c.line(text[:i]))
		text = strings.TrimLeft(text[i:], ".")
	}
}

// sameLine tells whether a line that came is the one of the document.
func (c *comparison) sameLine(want, got line) bool {
	c.work++
	if want.text == got.text {
		return true
	}
	w, g := c.readBoth(want, got)
	return w.says(&g)
}

func (c *comparison) readBoth(want, got line) (w, g meaning) {
	const long = 1 << 16
	if len(want.text)+len(got.text) < long {
		return c.words.read(want.text), c.words.read(got.text)
	}
	return c.readLong(want, got)
}

func (c *comparison) readLong(want, got line) (w, g meaning) {
	both(len(want.text)+len(got.text), func() { w = c.words.read(want.text) }, func() { g = c.words.read(got.text) })
	return w, g
}

// holds tells whether what came is what the document says, or that there is no effort left to find out. What the
// sentences mean is read when it is first needed.
func (c *comparison) holds(want, got *sentence) (same, tired bool) {
	c.work++
	if len(want.text) == len(got.text) {
		if !c.spend(1 + len(want.text)/atOnce) {
			return false, true
		}
		if want.text == got.text {
			return true, false
		}
	}
	for _, s := range []*sentence{want, got} {
		if s.meaning == nil {
			s.meaning = c.meaning()
			*s.meaning = c.words.read(s.text)
		}
	}
	if !c.spend(want.effort(got)) {
		return false, true
	}
	return want.says(got.meaning), false
}

// meaning makes room for one.
func (c *comparison) meaning() *meaning {
	const atOnce = 128
	if len(c.meanings) == 0 {
		c.meanings = make([]meaning, atOnce)
	}
	m := &c.meanings[0]
	c.meanings = c.meanings[1:]
	return m
}

// says tells whether what came is what the document says.
func (m *meaning) says(got *meaning) bool {
	if m.plain == got.plain {
		return m.tail == "" || got.tail == "" || m.tail == got.tail
	}
	return len(m.parts) > 1 && m.fits(got.plain)
}

// atOnce is how many bytes are compared in one step.
const atOnce = 16

// effort is what it may cost to hold a sentence against another.
func (s *sentence) effort(got *sentence) int {
	if len(s.parts) < 2 && len(s.plain) != len(got.plain) {
		return 1
	}
	return 1 + len(s.parts) + min(len(s.text), len(got.text))/atOnce
}

// fits looks for the parts one after the other.
func (m *meaning) fits(plain string) bool {
	last := len(m.parts) - 1
	rest, found := strings.CutPrefix(plain, m.parts[0])
	if !found {
		return false
	}
	for _, p := range m.parts[1:last] {
		_, after, found := strings.Cut(rest, p)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, m.parts[last])
}
