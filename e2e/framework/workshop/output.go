package workshop

import (
	"regexp"
	"slices"
	"strings"
)

var (
	silent    = regexp.MustCompile(`^(cd|export|mkdir|alias|source|unset|touch|sleep|true)\b[^;|&]*$|^[A-Za-z_]\w*=\S*$`)
	treeShape = regexp.MustCompile(`[├└]|^\s*\|--|^\s*` + "`--")
	treeMaker = regexp.MustCompile(`\b(tree|ls|find|pstree|describe|status)\b`)
	printer   = regexp.MustCompile(`(-o|--output)[ =]?(yaml|json|jsonpath|xml)|\b(cat|head|tail|curl|jq|yq|http)\b|` +
		`\bhelm (get|template|show|inspect)\b|\bconfig view\b|--dry-run|\bkustomize (build)?\b|\bversion\b|\becho\b`)
)

// announcement are words by which authors call what comes next an output, in the languages of the workshops we know.
var announcement = regexp.MustCompile(`(?i)\b(output|outputs|prints|shows|displays|result|similar|sortie|résultat|affiche|obtenez|ausgabe|` +
	`ausgegeben|ergebnis|salida|resultado|saída|uscita|risultato)\b`)

// announces says that a paragraph ends with a sentence that calls what comes next an output.
func announces(b block) bool {
	if len(b.lines) == 0 {
		return false
	}
	text := strings.TrimSpace(b.lines[len(b.lines)-1].Text)
	return strings.HasSuffix(text, ":") && announcement.MatchString(text[max(0, len(text)-longestLook):])
}

// printsData says that the output of a command may look like a file.
func printsData(command string) bool {
	return printer.MatchString(command)
}

// output gives lines without a command to the step before them, if they can be its output.
func (a *assembler) output(e exhibit, h Hints) bool {
	if a.last.empty() || !a.last.near {
		return false
	}
	last := &a.doc.Steps[a.last.to-1]
	if treeShape.MatchString(joined(e.lead[:min(len(e.lead), 3)])) && !treeMaker.MatchString(last.Command) {
		return false
	}
	switch {
	case last.Expected == nil:
		if silent.MatchString(last.Command) {
			return false
		}
		a.joinLast()
		last = &a.doc.Steps[a.last.to-1]
		last.Expected = newOutput(e.lead)
	case !cutShort(last.Expected):
		return false
	case shortens(last.Expected.Lines, e.lead):
		last.Shortened = append(last.Shortened, *last.Expected)
		last.Expected = newOutput(e.lead)
	default:
		last.Expected.Lines = append(last.Expected.Lines, e.lead...)
	}
	merged, problems := last.Hints.with(h, e.line)
	last.Hints = merged
	a.fail(problems...)
	return true
}

// newOutput makes an output that can grow without writing over the lines of its block.
func newOutput(lines []Line) *Output {
	return &Output{Lines: slices.Clip(lines)}
}

// joinLast makes one step of the last block's commands that have no output between them: what is shown after all of
// them is what all of them print.
func (a *assembler) joinLast() {
	steps := a.doc.Steps
	from := a.last.to - 1
	for from > a.last.from && steps[from-1].Expected == nil && len(steps[from-1].Repeats) == 0 && len(steps[from].Repeats) == 0 {
		from--
	}
	if from == a.last.to-1 {
		return
	}
	commands := make([]string, 0, a.last.to-from)
	for _, s := range steps[from:a.last.to] {
		commands = append(commands, s.Command)
		steps[from].Unclosed = steps[from].Unclosed || s.Unclosed
	}
	steps[from].Command = strings.Join(commands, "\n")
	steps[from].Span.End = steps[a.last.to-1].Span.End
	a.doc.Steps = steps[:from+1]
	a.last.to = from + 1
}

// cutShort says that an output ends with lines left out.
func cutShort(o *Output) bool {
	return elision(o.Lines[len(o.Lines)-1].Text)
}

// shortens says that the first lines, which leave something out, are a shortened form of the others.
func shortens(short, full []Line) bool {
	if !elided(short) {
		return false
	}
	at, some := 0, false
	anywhere := false
	for _, l := range short {
		if elision(l.Text) {
			anywhere = true
			continue
		}
		want := strings.Join(strings.Fields(l.Text), " ")
		if want == "" {
			continue
		}
		found := false
		for ; at < len(full) && !found; at++ {
			found = strings.Join(strings.Fields(full[at].Text), " ") == want
			if !found && !anywhere && strings.TrimSpace(full[at].Text) != "" {
				return false
			}
		}
		if !found {
			return false
		}
		some, anywhere = true, false
	}
	return some
}

func elided(lines []Line) bool {
	for _, l := range lines {
		if elision(l.Text) {
			return true
		}
	}
	return false
}
