package workshop

import "regexp"

// habits are how a document shows outputs, as far as its blocks say so by themselves.
type habits struct {
	// words are the first words of what is a command for certain.
	words map[string]bool
	// marked counts outputs that are marked as such: after a prompt, or by an info string.
	marked int
}

// prints are commands whose output may be of any words.
var prints = regexp.MustCompile(`\b(logs|curl|wget|cat|echo|exec|jsonpath|go-template|run)\b`)

// learn takes note of a block.
func (h *habits) learn(e exhibit) {
	if e.language == plain {
		h.marked++
	}
	for _, it := range e.items {
		if fields := leading(it.command); len(fields) > 0 {
			h.words[fields[0]] = true
		}
		if e.form == transcript && len(it.output) > 0 {
			h.marked++
		}
	}
}

// decide says whether a block that could be both is a command, or the output of the command before it. Taken alone, it
// is a word in small letters that is known as no command, or one that begins sentences too.
func (a *assembler) decide(e exhibit) exhibit {
	if a.readsAsOutput(e) {
		e.form = output
		return e
	}
	e.form = bare
	e.items, e.lead = readBare(e.lead), nil
	return e
}

func (a *assembler) readsAsOutput(e exhibit) bool {
	if !a.last.near || a.last.empty() {
		return false
	}
	before := &a.doc.Steps[a.last.to-1]
	first := firstLine(e.lead)
	fields := leading(first)
	switch {
	case before.Expected != nil, len(fields) > 0 && a.habits.words[fields[0]]:
		return false
	case e.language == script:
		// Such a block says that it is a command: only what prints anything can be meant to print this.
		return prints.MatchString(before.Command)
	case namesCommand(first):
		// It is a sentence, or a command. Where outputs are marked elsewhere, it would be marked too.
		return a.habits.marked == 0
	}
	return true
}
