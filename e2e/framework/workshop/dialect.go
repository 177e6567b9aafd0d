package workshop

import (
	"regexp"
	"strings"
)

// dialect is what site generators and training platforms add to Markdown. It is brought into a form that CommonMark
// knows, byte for byte in the same place: what is found in it is where it is in the file.
type dialect struct {
	// text is what is parsed instead of the source, and as long.
	text []byte
	// executed are the lines of closing fences after which "{{execute}}" says that the block is to be run.
	executed map[int]bool
	// classes are what "{: .output}" says, by its line.
	classes map[int]string
	// tabs are the lines that a reader who follows one tab of each group does not see.
	tabs tabs

	lines  []string
	closes map[string][]int
	// blocks says that code stands between lines of dashes, as AsciiDoc has it.
	blocks bool
	// languages are what is said before such blocks, by the lines at which they begin.
	languages map[int]string
	// fence is what ends the code that the current line is in.
	fence string
}

var (
	fenceMark  = regexp.MustCompile("^(```+|~~~+)(.*)$")
	executable = regexp.MustCompile(`^\{\{\s*(execute|exec|copy)\b[^}]*\}\}`)
	kramdown   = regexp.MustCompile(`^\{:\s*([^}]*)\}\s*$`)
	className  = regexp.MustCompile(`^\.?(?:language-)?([\w-]+)`)
	shortcode  = regexp.MustCompile(`^\{\{[<%]\s*(/?)\s*([\w-]+)([^>%]*)[>%]\}\}$`)
	liquid     = regexp.MustCompile(`^\{%-?\s*([\w-]+)([^%]*)%\}$`)
	directive  = regexp.MustCompile(`^(:::+)\s*\{?([\w-]*)\}?(.*)$`)
	langOption = regexp.MustCompile(`\blang(?:uage)?=["']?([\w-]+)`)
	firstWord  = regexp.MustCompile(`^\s*["']?([\w-]+)["']?(\s|$)`)
	// sourceBlock is followed by a line of dashes.
	sourceBlock  = regexp.MustCompile(`^\[source(?:%\w+)?(?:, *([\w-]+))?[^\]]*\]$`)
	sectionTitle = regexp.MustCompile(`^={1,5} \S`)
	admonition   = regexp.MustCompile(`^(!!!|\?{3}\+?) ?[\w"]`)
)

// codeTags are the names of tags around code, and what a block of theirs is if they do not say it.
var codeTags = map[string]string{
	"output": "output", "highlight": "", "code": "", "codeblock": "", "code-block": "", "command": "bash", "cmd": "bash",
	"terminal": "console", "console": "console", "sourcecode": "",
}

// remark stands for the fence of what readers do not see.
const remark = "#"

// readDialect goes through the source once, from an offset on.
func readDialect(source string, body int) *dialect {
	d := &dialect{
		text: []byte(source[body:]), executed: map[int]bool{}, classes: map[int]string{}, languages: map[int]string{},
		lines: strings.Split(source[body:], "\n"), closes: map[string][]int{},
	}
	d.blocks = strings.Contains(source, "\n[source")
	first := 1 + strings.Count(source[:body], "\n")
	d.tabs.first = first
	d.findClosings()
	at := 0
	for i, line := range d.lines {
		if special(line) || d.blocks || d.fence != "" || d.tabs.attentive() {
			d.line(i, at, first+i)
		}
		at += len(line) + 1
	}
	d.tabs.finish(len(d.lines))
	d.lines = nil
	return d
}

// special spares most lines everything else.
func special(line string) bool {
	line = strings.TrimLeft(line, " \t>")
	return line != "" && strings.IndexByte("`~{:<=!?", line[0]) >= 0
}

// findClosings lists the lines with closing tags, so that one that is never closed does not swallow the rest.
func (d *dialect) findClosings() {
	for i, line := range d.lines {
		text := strings.TrimSpace(line)
		if !strings.HasPrefix(text, "{") {
			continue
		}
		if m := shortcode.FindStringSubmatch(text); len(m) > 2 && m[1] == "/" {
			d.closes[m[2]] = append(d.closes[m[2]], i)
		}
		if m := liquid.FindStringSubmatch(text); len(m) > 1 && strings.HasPrefix(m[1], "end") {
			name := strings.TrimPrefix(m[1], "end")
			d.closes[name] = append(d.closes[name], i)
		}
	}
}

// closed says that a tag of that name is closed after a line.
func (d *dialect) closed(name string, line int) bool {
	list := d.closes[name]
	for len(list) > 0 && list[0] <= line {
		list = list[1:]
	}
	d.closes[name] = list
	return len(list) > 0
}

// line reads line i, which begins at an offset and has a number in the file.
func (d *dialect) line(i, at, number int) {
	line := strings.TrimRight(d.lines[i], " \t\r")
	text := strings.TrimLeft(line, " \t>")
	indent := len(line) - len(text)
	at += indent
	switch {
	case d.fence != "":
		d.inside(text, at, number)
		return
	case d.tabs.read(i, text, len(indentation(line))):
		if strings.HasPrefix(text, "===") {
			d.item(text, at)
			return
		}
		d.blank(at, len(text))
		return
	}
	switch {
	case admonition.MatchString(text):
		d.item(text, at)
	case strings.HasPrefix(text, "`"), strings.HasPrefix(text, "~"):
		d.open(text)
	case strings.HasPrefix(text, "{"):
		d.tag(i, text, at, number)
	case strings.HasPrefix(text, ":::"):
		d.colons(text, at)
	case d.blocks:
		d.ascii(i, text, at, number)
	}
}

// ascii reads a line of AsciiDoc: the title of a section, or what begins code.
func (d *dialect) ascii(i int, text string, at, number int) {
	switch m := sourceBlock.FindStringSubmatch(text); {
	case m != nil && i+1 < len(d.lines) && strings.TrimSpace(d.lines[i+1]) == "----":
		d.blank(at, len(text))
		d.languages[number+1] = m[1]
	case text == "----" || text == "....":
		d.replace(at, len(text), "~~~~")
		d.fence = text
	case sectionTitle.MatchString(text):
		for i := at; d.text[i] == '='; i++ {
			d.text[i] = '#'
		}
	}
}

// inside looks for the end of code.
func (d *dialect) inside(text string, at, number int) {
	if d.fence == remark {
		if closesTag(text, "comment") {
			d.fence = ""
		}
		d.blank(at, len(text))
		return
	}
	if name, tagged := strings.CutPrefix(d.fence, "/"); tagged {
		if closesTag(text, name) {
			d.replace(at, len(text), "~~~")
			d.fence = ""
		}
		return
	}
	if !strings.HasPrefix(text, d.fence) {
		return
	}
	rest := strings.TrimLeft(text, d.fence[:1])
	mark := len(text) - len(rest)
	rest = strings.TrimSpace(rest)
	switch m := executable.FindStringSubmatch(rest); {
	case rest == "":
	case m != nil:
		d.executed[number] = m[1] != "copy"
		d.blank(at+mark, len(text)-mark)
	case kramdown.MatchString(rest):
		d.classes[number+1] = class(rest)
		d.blank(at+mark, len(text)-mark)
	default:
		return
	}
	if d.fence[0] == '-' || d.fence[0] == '.' {
		d.replace(at, len(text), "~~~~")
	}
	if d.fence[0] == ':' {
		d.replace(at, len(text), strings.Repeat("~", max(mark, 3)))
	}
	d.fence = ""
}

func closesTag(text, name string) bool {
	if m := shortcode.FindStringSubmatch(text); m != nil {
		return m[1] == "/" && m[2] == name
	}
	m := liquid.FindStringSubmatch(text)
	return len(m) > 1 && m[1] == "end"+name
}

// open takes note of a fence.
func (d *dialect) open(text string) {
	m := fenceMark.FindStringSubmatch(text[:min(len(text), longestLook)])
	if len(m) < 3 || m[1][0] == '`' && strings.Contains(m[2], "`") {
		return
	}
	d.fence = m[1]
}

// tag reads a line that is a tag of a site generator.
func (d *dialect) tag(i int, text string, at, number int) {
	if kramdown.MatchString(text) {
		d.classes[number] = class(text)
		d.blank(at, len(text))
		return
	}
	name, options := "", ""
	if m := shortcode.FindStringSubmatch(text); len(m) > 3 && m[1] == "" {
		name, options = m[2], m[3]
	} else if m := liquid.FindStringSubmatch(text); m != nil {
		name, options = m[1], m[2]
	}
	if name == "comment" && d.closed(name, i) {
		d.fence = remark
	}
	if language, code := codeTags[name]; code && d.closed(name, i) {
		if m := langOption.FindStringSubmatch(options); m != nil {
			language = m[1]
		} else if m := firstWord.FindStringSubmatch(options); m != nil && language == "" {
			language = m[1]
		}
		d.replace(at, len(text), "~~~"+language)
		d.fence = "/" + name
		return
	}
	if shortcode.MatchString(text) || liquid.MatchString(text) {
		d.blank(at, len(text))
	}
}

// colons reads a line that begins a directive: code, or a box around what is no code.
func (d *dialect) colons(text string, at int) {
	m := directive.FindStringSubmatch(text[:min(len(text), longestLook)])
	language := ""
	switch m[2] {
	case "code", "code-block", "sourcecode":
		if o := langOption.FindStringSubmatch(m[3]); o != nil {
			language = o[1]
		} else if w := firstWord.FindStringSubmatch(m[3]); w != nil {
			language = w[1]
		}
		d.replace(at, len(text), strings.Repeat("~", len(m[1]))+language)
		d.fence = m[1]
	case "":
		d.blank(at, len(text))
	}
}

// item makes an item of a list of the title of a box or a tab, whose contents are indented by four as well.
func (d *dialect) item(text string, at int) {
	const width = 4
	if len(text) <= width {
		return
	}
	copy(d.text[at:], "-   ")
	if d.text[at+width] == ' ' {
		d.text[at+width] = ':'
	}
}

func (d *dialect) blank(at, length int) { d.replace(at, length, "") }

// replace writes over a part of a line.
func (d *dialect) replace(at, length int, by string) {
	by = by[:min(len(by), length)]
	copy(d.text[at:], by)
	for i := at + len(by); i < at+length; i++ {
		d.text[i] = ' '
	}
}

// class is the first class of an attribute list, or what IBM's documents call a kind of block.
func class(text string) string {
	m := kramdown.FindStringSubmatch(text)
	name := className.FindStringSubmatch(strings.TrimSpace(m[1]))
	if name == nil {
		return ""
	}
	switch name[1] {
	case "pre", "input", "codeblock":
		return "sh"
	case "screen":
		return "output"
	}
	return name[1]
}
