package workshop

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// deepest is how far lists and quotes may be nested: each line is looked at once for every one it is in, and nobody
// reads deeper.
const deepest = 40

// nature is what a block of a document is.
type nature int

const (
	prose nature = iota
	heading
	code
	html
)

// block is a part of the document that contains no other: a heading, a paragraph, a code block, HTML.
type block struct {
	nature nature
	line   int
	level  int
	info   string
	fenced bool
	lines  []Line
	// execute says that the document marks the block as one to run.
	execute bool
	// hidden says that it is in a tab that is not followed.
	hidden bool
}

// markdown lists the blocks of the source from an offset on. Only blocks are parsed, with goldmark: inside of
// paragraphs nothing but code and comments matters, and those are found in linear time whatever a document contains.
func markdown(source string, body int) []block {
	p := parser.NewParser(parser.WithBlockParsers(
		util.Prioritized(parser.NewSetextHeadingParser(), 100),
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(shallow{parser.NewListParser()}, 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewCodeBlockParser(), 500),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(shallow{parser.NewBlockquoteParser()}, 800),
		util.Prioritized(tags{parser.NewHTMLBlockParser()}, 900),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	))
	r := reader{source: source, body: body, starts: lineStarts(source), dialect: readDialect(source, body)}
	r.walk(p.Parse(text.NewReader(r.dialect.text)))
	return r.blocks
}

// reader turns goldmark's tree into blocks.
type reader struct {
	source string
	// body is what goldmark's offsets begin at.
	body    int
	starts  []int
	dialect *dialect
	blocks  []block
}

func (r *reader) walk(parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			r.append(n, block{nature: heading, level: n.Level})
		case *ast.Paragraph, *ast.TextBlock:
			r.append(n, block{nature: prose})
		case *ast.HTMLBlock:
			if n.HasClosure() {
				n.Lines().Append(n.ClosureLine)
			}
			r.append(n, block{nature: html})
		case *ast.CodeBlock:
			r.append(n, block{nature: code})
		case *ast.FencedCodeBlock:
			b := block{nature: code, fenced: true}
			if n.Info != nil {
				b.info = string(r.dialect.text[n.Info.Segment.Start:n.Info.Segment.Stop])
			}
			r.append(n, b)
		default:
			r.walk(n)
		}
	}
}

func (r *reader) append(n ast.Node, b block) {
	segments := n.Lines()
	b.lines = make([]Line, 0, segments.Len())
	for i := range segments.Len() {
		b.lines = append(b.lines, r.line(segments.At(i)))
	}
	b.line = r.number(max(n.Pos(), 0) + r.body)
	if !b.fenced && len(b.lines) > 0 {
		b.line = b.lines[0].Number
	}
	if b.nature == code {
		b.lines = withoutUnseen(b.lines)
		b.info = cmp.Or(b.info, r.dialect.languages[b.line])
	}
	r.mark(&b)
	r.blocks = append(r.blocks, b)
}

// mark adds what the dialect says of a block: where it is, and in the lines after it.
func (r *reader) mark(b *block) {
	b.hidden = r.dialect.tabs.hides(b.line)
	if b.nature != code || len(b.lines) == 0 {
		return
	}
	end := b.lines[len(b.lines)-1].Number + 1
	if b.fenced {
		b.execute = r.dialect.executed[end]
		end++
	}
	if class, found := r.dialect.classes[end]; found && b.info == "" {
		b.info = class
	}
}

// line takes off what ends a line: goldmark's segments contain it.
func (r *reader) line(s text.Segment) Line {
	start, end := r.body+s.Start, r.body+s.Stop
	number := r.number(start)
	if end > start && r.source[end-1] == '\n' {
		end--
	}
	if end > r.starts[number-1] && r.source[end-1] == '\r' {
		end--
	}
	start = min(start, end)
	return Line{
		Text:   strings.Repeat(" ", s.Padding) + r.source[start:end],
		Number: number,
		Span:   Span{start, end},
	}
}

// unseen are characters that come along when text is copied from a page: they have no width, or are blanks that do not
// break. No shell takes them for what a reader takes them for.
var unseen = strings.NewReplacer("\u200b", "", "\u200c", "", "\u2060", "", "\ufeff", "", "\u00a0", " ", "\u202f", " ", "\u2007", " ")

// withoutUnseen is the code as a reader sees and types it.
func withoutUnseen(lines []Line) []Line {
	for i := range lines {
		for _, b := range []byte(lines[i].Text) {
			if b >= utf8.RuneSelf {
				lines[i].Text = unseen.Replace(lines[i].Text)
				break
			}
		}
	}
	return lines
}

func (r *reader) number(offset int) int {
	i, found := slices.BinarySearch(r.starts, offset)
	if found {
		return i + 1
	}
	return i
}

func lineStarts(source string) []int {
	starts := make([]int, 1, 1+strings.Count(source, "\n"))
	for i := range len(source) {
		if source[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// shallow keeps lists and quotes from being nested without bounds.
type shallow struct{ parser.BlockParser }

// Open is goldmark's question whether a block begins here.
func (s shallow) Open(parent ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	depth := 0
	for n := parent; n != nil; n = n.Parent() {
		depth++
	}
	if depth > deepest {
		return nil, parser.NoChildren
	}
	return s.BlockParser.Open(parent, r, pc)
}

// tags spares lines that only begin with a "<" the expressions by which goldmark recognises HTML.
type tags struct{ parser.BlockParser }

// Open is goldmark's question whether a block begins here.
func (t tags) Open(parent ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := r.PeekLine()
	at := pc.BlockOffset() + 1
	if at < 1 || at >= len(line) || !strings.ContainsRune("!?/", rune(line[at])) && !isLetter(line[at]) {
		return nil, parser.NoChildren
	}
	return t.BlockParser.Open(parent, r, pc)
}

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
