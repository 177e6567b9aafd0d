package workshop

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Update returns the document with other outputs, by the index of their step. Nothing else changes, down to the byte:
// what lists, quotes and indentation put before a line stays, and so do the ends of lines. Outputs that cannot stand
// in the document, because it would no longer mean the same, are an error.
func (d *Document) Update(outputs map[int]string) ([]byte, error) {
	var edits []edit
	for _, i := range slices.Sorted(maps.Keys(outputs)) {
		if i < 0 || i >= len(d.Steps) || d.Steps[i].Expected == nil {
			return nil, fmt.Errorf("updating step %d of %q: it shows no output", i, d.Path)
		}
		edits = append(edits, d.rewrite(d.Steps[i].Expected.Lines, splitLines(outputs[i]))...)
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return a.at.Start - b.at.Start })
	var out strings.Builder
	at := 0
	for _, e := range edits {
		out.WriteString(d.source[at:e.at.Start])
		out.WriteString(e.text)
		at = e.at.End
	}
	out.WriteString(d.source[at:])
	updated := []byte(out.String())
	if err := d.verify(updated, outputs); err != nil {
		return nil, fmt.Errorf("updating %q: %w", d.Path, err)
	}
	return updated, nil
}

// edit replaces a range of the source.
type edit struct {
	at   Span
	text string
}

// splitLines splits an output, without empty lines before and after it.
func splitLines(text string) []string {
	lines := strings.Split(text, "\n")
	for len(lines) > 0 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// rewrite replaces lines by others: those that are equal at the beginning and the end stay, the rest is replaced one
// by one, and what is too much or too little after that is removed or inserted.
func (d *Document) rewrite(old []Line, lines []string) []edit {
	head := 0
	for head < len(old) && head < len(lines) && old[head].Text == lines[head] {
		head++
	}
	tail := 0
	for tail < len(old)-head && tail < len(lines)-head && old[len(old)-1-tail].Text == lines[len(lines)-1-tail] {
		tail++
	}
	var edits []edit
	changed, others := old[head:len(old)-tail], lines[head:len(lines)-tail]
	n := min(len(changed), len(others))
	for i := range n {
		if changed[i].Text != others[i] {
			edits = append(edits, d.replace(old, head+i, others[i]))
		}
	}
	for _, l := range changed[n:] {
		edits = append(edits, edit{d.whole(l), ""})
	}
	if len(others) > n {
		edits = append(edits, d.insert(old, head+n, others[n:]))
	}
	return edits
}

func (d *Document) replace(old []Line, index int, text string) edit {
	l := old[index]
	start := strings.LastIndexByte(d.source[:l.Span.Start], '\n') + 1
	prefix := d.source[start:l.Span.Start]
	switch {
	case text == "":
		prefix = strings.TrimRight(d.prefix(l), " \t")
	case strings.TrimSpace(l.Text) == "":
		// An empty line may lack what the others begin with.
		prefix = d.prefix(beside(old, index))
	case len(l.Text) != l.Span.End-l.Span.Start:
		prefix = d.prefix(l)
	}
	return edit{Span{start, l.Span.End}, prefix + text}
}

// beside is the line itself if it has text, or else the one before it that has: the first one always does.
func beside(old []Line, index int) Line {
	for index > 0 && strings.TrimSpace(old[index].Text) == "" {
		index--
	}
	return old[index]
}

// whole is a line with its end.
func (d *Document) whole(l Line) Span {
	start := strings.LastIndexByte(d.source[:l.Span.Start], '\n') + 1
	end := len(d.source)
	if i := strings.IndexByte(d.source[l.Span.End:], '\n'); i >= 0 {
		end = l.Span.End + i + 1
	}
	return Span{start, end}
}

// insert puts lines after those before an index, or else before the first.
func (d *Document) insert(old []Line, index int, lines []string) edit {
	l := old[max(index-1, 0)]
	eol := "\n"
	if strings.Contains(d.source[l.Span.End:d.whole(l).End], "\r") || strings.HasSuffix(d.source[:d.whole(l).Start], "\r\n") {
		eol = "\r\n"
	}
	var text strings.Builder
	prefix := d.prefix(beside(old, max(index-1, 0)))
	for _, line := range lines {
		full := strings.TrimRight(prefix, " \t")
		if line != "" {
			full = prefix + line
		}
		if index == 0 {
			text.WriteString(full + eol)
		} else {
			text.WriteString(eol + full)
		}
	}
	at := l.Span.End
	if index == 0 {
		at = d.whole(l).Start
	}
	return edit{Span{at, at}, text.String()}
}

// prefix is what has to stand before a new line beside another one: the same indentation and the same quotes, but no
// second mark of a list item. Where a tab is partly indentation and partly text, it becomes spaces.
func (d *Document) prefix(l Line) string {
	start := strings.LastIndexByte(d.source[:l.Span.Start], '\n') + 1
	raw := d.source[start:l.Span.Start]
	padding := len(l.Text) - (l.Span.End - l.Span.Start)
	if padding > 0 {
		raw = expand(raw)
		raw = raw[:max(len(raw)-padding, 0)]
	}
	return strings.Map(func(r rune) rune {
		if r == '>' || r == '\t' {
			return r
		}
		return ' '
	}, raw)
}

// expand replaces tabs by the spaces up to the next column that four divides.
func expand(text string) string {
	const tab = 4
	var out strings.Builder
	for _, r := range text {
		if r == '\t' {
			out.WriteString(strings.Repeat(" ", tab-out.Len()%tab))
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

// verify reads the updated document again: it has to have the same steps, with the outputs that were asked for.
func (d *Document) verify(updated []byte, outputs map[int]string) error {
	again, err := Parse(d.Path, updated)
	if err != nil {
		return err
	}
	if len(again.Steps) != len(d.Steps) {
		return fmt.Errorf("with the new outputs it would have %d steps instead of %d", len(again.Steps), len(d.Steps))
	}
	var errs []error
	for i := range d.Steps {
		want := texts(d.Steps[i].Expected)
		if output, changed := outputs[i]; changed {
			want = splitLines(output)
		}
		before, now := &d.Steps[i], &again.Steps[i]
		if before.Command != now.Command || !slices.Equal(want, texts(now.Expected)) {
			errs = append(errs, fmt.Errorf("line %d: the new output of %q cannot stand in the document", before.Line, clip(before.Command)))
		}
	}
	return errors.Join(errs...)
}

func texts(o *Output) []string {
	if o == nil {
		return nil
	}
	list := make([]string, len(o.Lines))
	for i, l := range o.Lines {
		list[i] = l.Text
	}
	return list
}
