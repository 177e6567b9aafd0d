package workshop

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// longestProse is the largest document that is rendered, in bytes. Unlike its blocks, what is in a paragraph is not
// read in linear time, and nobody reads a page of that length.
const longestProse = 1 << 20

// Passage is a stretch of a rendered document, or the place of one of its steps.
type Passage struct {
	// HTML is a fragment: only all fragments together close what they open. It contains no HTML of the document's own,
	// no picture and nothing that a browser would ask for.
	HTML string
	// Step is the index of the step that stands here, counted from 0, or -1.
	Step int
}

// Passages renders the document for people, with its steps left out: whoever shows it puts each of them in its place.
// The blocks that show a step's command again, or its output, are left out with it. Every step of a rendered document
// has one place. A document that is too large is not rendered.
func (d *Document) Passages() ([]Passage, error) {
	if len(d.source) > longestProse {
		return nil, nil
	}
	body, _ := front(d.source)
	places := &places{document: d, body: body, mark: mark(d.source), given: map[int]bool{}}
	markdown := goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(places, 1))),
	)
	var out bytes.Buffer
	if err := markdown.Convert([]byte(withoutMarks(d.source[body:])), &out); err != nil {
		return nil, fmt.Errorf("rendering %q: %w", d.Path, err)
	}
	return places.cut(out.String())
}

// mark is a word that the source does not contain.
func mark(source string) string {
	for n := 0; ; n++ {
		if word := fmt.Sprintf("seatrial-step-%d-", n); !strings.Contains(source, word) {
			return word
		}
	}
}

// places renders code blocks and what must not be asked for.
type places struct {
	document *Document
	body     int
	mark     string
	given    map[int]bool // steps that have their place
}

// RegisterFuncs is goldmark's question what is rendered here.
func (p *places) RegisterFuncs(on renderer.NodeRendererFuncRegisterer) {
	on.Register(ast.KindFencedCodeBlock, p.code)
	on.Register(ast.KindCodeBlock, p.code)
	on.Register(ast.KindImage, p.image)
	on.Register(ast.KindLink, p.link)
}

// code writes marks in the place of the steps that a block has, nothing for one that only repeats them, and any other
// block as it is.
//
//nolint:revive // The function type is goldmark's.
func (p *places) code(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	lines := n.Lines()
	if lines.Len() == 0 {
		return ast.WalkSkipChildren, nil
	}
	from, to := p.body+lines.At(0).Start, p.body+lines.At(lines.Len()-1).Stop
	steps, known := p.within(from, to)
	for _, step := range steps {
		// A writer to memory never fails.
		_, _ = w.WriteString(p.mark + strconv.Itoa(step) + ";")
	}
	if !known {
		_, _ = w.WriteString("<pre><code>")
		for i := range lines.Len() {
			segment := lines.At(i)
			_, _ = w.Write(util.EscapeHTML(segment.Value(source)))
		}
		_, _ = w.WriteString("</code></pre>\n")
	}
	return ast.WalkSkipChildren, nil
}

// within gives the steps that begin in a range of bytes and have no place yet, and whether anything there belongs to
// a step.
func (p *places) within(from, to int) (steps []int, known bool) {
	inside := func(s Span) bool { return s.Start >= from && s.Start < to }
	for i := range p.document.Steps {
		step := &p.document.Steps[i]
		begins := inside(step.Span)
		for _, repeat := range step.Repeats {
			begins = begins || inside(repeat.Span)
		}
		if begins && !p.given[i] {
			p.given[i] = true
			steps = append(steps, i)
		}
		known = known || begins || p.shows(step, inside)
	}
	return steps, known
}

func (p *places) shows(step *Step, inside func(Span) bool) bool {
	outputs := step.Shortened
	if step.Expected != nil {
		outputs = append([]Output{*step.Expected}, outputs...)
	}
	for i := range outputs {
		if len(outputs[i].Lines) > 0 && inside(outputs[i].Lines[0].Span) {
			return true
		}
	}
	return false
}

// image writes what stands for a picture: the page makes no requests.
//
//nolint:revive // The function type is goldmark's.
func (p *places) image(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	word := "]"
	if entering {
		word = "[picture: "
	}
	_, _ = w.WriteString(word)
	return ast.WalkContinue, nil
}

// link writes the text of a link, and where it leads only if that is on the web: other places are relative to the
// document, which is elsewhere.
//
//nolint:revive // The function type is goldmark's.
func (p *places) link(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	link, ok := n.(*ast.Link)
	if !ok || !bytes.HasPrefix(link.Destination, []byte("https://")) && !bytes.HasPrefix(link.Destination, []byte("http://")) {
		return ast.WalkContinue, nil
	}
	if !entering {
		_, _ = w.WriteString("</a>")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString(`<a rel="noreferrer" href="`)
	_, _ = w.Write(util.EscapeHTML(util.URLEscape(link.Destination, true)))
	_, _ = w.WriteString(`">`)
	return ast.WalkContinue, nil
}

// cut takes the marks out of the rendered text. Steps that have no place of their own come last.
func (p *places) cut(rendered string) ([]Passage, error) {
	var all []Passage
	text := func(html string) {
		if strings.TrimSpace(html) != "" {
			all = append(all, Passage{HTML: html, Step: -1})
		}
	}
	for {
		before, after, found := strings.Cut(rendered, p.mark)
		text(before)
		if !found {
			break
		}
		number, rest, _ := strings.Cut(after, ";")
		step, err := strconv.Atoi(number)
		if err != nil {
			return nil, fmt.Errorf("rendering %q: the mark of a step: %w", p.document.Path, err)
		}
		all = append(all, Passage{Step: step})
		rendered = rest
	}
	for i := range p.document.Steps {
		if !p.given[i] {
			all = append(all, Passage{Step: i})
		}
	}
	return all, nil
}
