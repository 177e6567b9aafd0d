package match

import "strings"

// sentence is a line of text that is ready to be compared.
type sentence struct {
	line
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
	all := make([]sentence, 0, len(lines))
	for _, l := range lines {
		all = append(all, c.sentence(l))
	}
	return all
}

func (c canon) sentence(l line) sentence {
	s := sentence{line: l, plain: c.line(l.text)}
	if i := strings.Index(s.plain, `" deleted from `); i >= 0 && strings.HasSuffix(s.plain, " namespace") {
		const verb = len(`" deleted`)
		s.plain, s.tail = s.plain[:i+verb], s.plain[i+verb:]
	}
	s.plain = asOne(s.plain)
	s.key = keyOf(s.plain)
	if strings.Contains(l.text, "...") || strings.Contains(l.text, "…") {
		s.parts = c.around(l.text)
	}
	return s
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

// says tells whether what came is what the document says.
func (s *sentence) says(got *sentence) bool {
	if s.text == got.text {
		return true
	}
	if s.plain == got.plain {
		return s.tail == "" || got.tail == "" || s.tail == got.tail
	}
	return len(s.parts) > 1 && s.fits(got.plain)
}

// effort is what it may cost to hold a sentence against another.
func (s *sentence) effort(got *sentence) int {
	const atOnce = 16 // bytes
	if len(s.parts) < 2 && len(s.plain) != len(got.plain) {
		return 1
	}
	return 1 + len(s.parts) + min(len(s.text), len(got.text))/atOnce
}

// fits looks for the parts one after the other.
func (s *sentence) fits(plain string) bool {
	last := len(s.parts) - 1
	rest, found := strings.CutPrefix(plain, s.parts[0])
	if !found {
		return false
	}
	for _, p := range s.parts[1:last] {
		_, after, found := strings.Cut(rest, p)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, s.parts[last])
}
