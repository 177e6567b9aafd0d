package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// columns is how wide a proof is on paper.
const columns = 80

// String is the proof as a table of 80 columns: first what breaks it, with each field, then what is told, then how many
// objects there is nothing to tell of.
func (p Proof) String() string {
	var b strings.Builder
	b.WriteString(p.headline() + "\n")
	rows, quiet := p.sorted()
	width := 0
	for _, v := range rows {
		width = max(width, utf8.RuneCountInString(v.Object.In(p.Namespace)))
	}
	for _, v := range rows {
		writeVerdict(&b, v, p.Namespace, width)
	}
	b.WriteString(summary(quiet))
	if len(p.Torn) > 0 {
		b.WriteString(wrapped("  ", "  ", "not read at the same moment as the rest: "+strings.Join(p.Torn, ", ")))
	}
	return strings.TrimRight(b.String(), "\n")
}

func (p Proof) headline() string {
	what := "the state"
	if p.Release != "" {
		what = p.Release
	}
	if p.Then > 0 && p.Now > 0 {
		what += fmt.Sprintf(", revision %d against revision %d", p.Now, p.Then)
	}
	if n := len(p.Broken()); n > 0 {
		return fmt.Sprintf("%s: not restored, because of %d of %d objects", what, n, len(p.Verdicts))
	}
	return fmt.Sprintf("%s: restored (objects: %d)", what, len(p.Verdicts))
}

// sorted parts what has a row of its own, what breaks first, from what is only counted.
func (p Proof) sorted() (rows, quiet []Verdict) {
	for _, v := range p.Verdicts {
		switch {
		case v.Breaks, !v.Owned && v.Outcome != Restored:
			rows = append(rows, v)
		default:
			quiet = append(quiet, v)
		}
	}
	slices.SortStableFunc(rows, func(a, b Verdict) int {
		switch {
		case a.Breaks == b.Breaks:
			return 0
		case a.Breaks:
			return -1
		default:
			return 1
		}
	})
	return rows, quiet
}

func writeVerdict(b *strings.Builder, v Verdict, namespace string, width int) {
	mark := "  "
	if v.Breaks {
		mark = "! "
	}
	fmt.Fprintf(b, "%s%-*s  %s\n", mark, width, v.Object.In(namespace), v.Outcome)
	if v.Why != "" {
		b.WriteString(wrapped("    ", "    ", v.Why))
	}
	for _, d := range v.Differences {
		if d.Kind == Changed || d.Kind == Reallocated {
			writeDifference(b, d)
		}
		if d.Kind == LeftOver && d.Manager != "" {
			b.WriteString("    made by " + d.Manager + "\n")
		}
	}
}

func writeDifference(b *strings.Builder, d Difference) {
	field := d.Field
	if d.Kind == Reallocated {
		field += " (chosen by the server)"
	}
	b.WriteString(cut("    "+field) + "\n")
	b.WriteString(cut("      then  "+Text(d.Then)) + "\n")
	now := "      now   " + Text(d.Now)
	owner := ""
	if d.Manager != "" {
		owner = "  (owned by " + d.Manager + ")"
	}
	if utf8.RuneCountInString(now+owner) <= columns {
		b.WriteString(now + owner + "\n")
		return
	}
	b.WriteString(cut(now) + "\n")
	if owner != "" {
		b.WriteString("      owned by " + d.Manager + "\n")
	}
}

// cut shortens a line; the JSON of the proof has all of it.
func cut(line string) string {
	if utf8.RuneCountInString(line) <= columns {
		return line
	}
	return string([]rune(line)[:columns-1]) + "…"
}

// wrapped breaks a text into lines between words.
func wrapped(first, next, text string) string {
	var b strings.Builder
	line, empty := first, true
	for word := range strings.FieldsSeq(text) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > columns {
			b.WriteString(line + "\n")
			line, empty = next, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	b.WriteString(line + "\n")
	return b.String()
}

// summary counts the verdicts that have no row.
func summary(quiet []Verdict) string {
	type group struct {
		outcome Outcome
		kind    string
		follows bool
	}
	counts := map[group]int{}
	var order []group
	for _, v := range quiet {
		g := group{outcome: v.Outcome, follows: v.Follows != nil}
		if v.Outcome != Restored {
			g.kind = v.Object.Kind
		}
		if counts[g] == 0 {
			order = append(order, g)
		}
		counts[g]++
	}
	slices.SortStableFunc(order, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.outcome, b.outcome))
	})
	var b strings.Builder
	for _, g := range order {
		line := fmt.Sprintf("%d %s %s", counts[g], g.kind, g.outcome)
		if g.kind == "" {
			line = fmt.Sprintf("%d restored", counts[g])
		}
		if g.follows {
			line += ", which follows from the above"
		}
		b.WriteString(wrapped("  ", "  ", line))
	}
	return b.String()
}
