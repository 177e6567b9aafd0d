package workshop

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// tabs finds groups of tabs, of which a reader follows one. It counts lines from 0.
type tabs struct {
	// first is the number that the first line has in the file.
	first int
	// hidden are the ranges of lines in tabs that are not followed, in no order until the end.
	hidden []lineRange
	open   []*tabGroup
	// boxes are the directives that are open, the innermost last.
	boxes []box
}

type lineRange struct{ from, to int }

type tabGroup struct {
	// indent is that of tabs whose contents are indented further; -1 is for all others.
	indent int
	// implied says that nothing but the tabs themselves opened the group: it ends with the last of them.
	implied bool
	list    []tab
	inTab   bool
}

type tab struct {
	label string
	lines lineRange
}

type box struct {
	colons int
	kind   string
}

var (
	indentedTab = regexp.MustCompile(`^===[!+]*\s+["'](.*)["']\s*$`)
	jsxTab      = regexp.MustCompile(`^<(/?)(Tabs|TabItem|Tab|TabPanel|CodeGroup)\b(.*)$`)
	labelOption = regexp.MustCompile(`\b(?:label|title|header|name)=["']([^"']*)["']`)
	valueOption = regexp.MustCompile(`\bvalue=["']([^"']*)["']|["']([^"']+)["']`)
)

// attentive says that the next line matters whatever it is: it may end a group.
func (t *tabs) attentive() bool {
	return len(t.open) > 0 && (t.open[len(t.open)-1].implied || t.open[len(t.open)-1].indent >= 0)
}

// read says whether a line belongs to the tabs themselves.
func (t *tabs) read(i int, text string, indent int) bool {
	if m := indentedTab.FindStringSubmatch(text); m != nil {
		t.indented(i, m[1], indent)
		return true
	}
	kind, closing, rest, found := tabTag(text)
	if !found {
		kind, closing, rest, found = t.directive(text)
	}
	switch {
	case !found:
		t.other(i, text, indent)
		return false
	case kind == "set" && !closing:
		t.open = append(t.open, &tabGroup{indent: -1})
	case kind == "set":
		t.endGroup(i)
	case closing:
		t.endTab(i)
	default:
		t.begin(i, label(rest))
	}
	return true
}

// tabTag reads the tags of site generators.
func tabTag(text string) (kind string, closing bool, rest string, found bool) {
	name := ""
	switch {
	case strings.HasPrefix(text, "<"):
		if m := jsxTab.FindStringSubmatch(text[:min(len(text), longestLook)]); m != nil {
			name, closing, rest = m[2], m[1] != "", m[3]
		}
	case strings.HasPrefix(text, "{{"):
		if m := shortcode.FindStringSubmatch(text); m != nil {
			name, closing, rest = m[2], m[1] != "", m[3]
		}
	case strings.HasPrefix(text, "{%"):
		if m := liquid.FindStringSubmatch(text); m != nil {
			name, rest = strings.TrimPrefix(m[1], "end"), m[2]
			closing = name != m[1]
		}
	}
	switch name {
	case "Tabs", "tabs", "tabpane", "CodeGroup", "tabbed":
		return "set", closing, rest, true
	case "Tab", "TabItem", "TabPanel", "tab":
		return "tab", closing, rest, true
	}
	return "", false, "", false
}

// directive reads lines that begin with colons.
func (t *tabs) directive(text string) (kind string, closing bool, rest string, found bool) {
	if !strings.HasPrefix(text, ":::") {
		return "", false, "", false
	}
	m := directive.FindStringSubmatch(text[:min(len(text), longestLook)])
	if m[2] == "" {
		n := len(t.boxes)
		if n == 0 || len(m[1]) < t.boxes[n-1].colons {
			return "", false, "", false
		}
		kind, t.boxes = t.boxes[n-1].kind, t.boxes[:n-1]
		return kind, true, "", kind != ""
	}
	switch m[2] {
	case "tabs", "tab-set":
		kind = "set"
	case "tab", "tab-item":
		kind = "tab"
	case "code", "code-block", "sourcecode":
		return "", false, "", false
	}
	t.boxes = append(t.boxes, box{len(m[1]), kind})
	return kind, false, m[3], kind != ""
}

// label is what a reader sees of a tab.
func label(options string) string {
	if m := labelOption.FindStringSubmatch(options); m != nil {
		return m[1]
	}
	if m := valueOption.FindStringSubmatch(options); m != nil {
		return m[1] + m[2]
	}
	return strings.Trim(options, " \t{}>")
}

// begin begins a tab, and ends the one before it.
func (t *tabs) begin(i int, label string) {
	if len(t.open) == 0 || t.open[len(t.open)-1].indent >= 0 {
		t.open = append(t.open, &tabGroup{indent: -1, implied: true})
	}
	t.endTab(i)
	g := t.open[len(t.open)-1]
	g.list = append(g.list, tab{label, lineRange{i, i + 1}})
	g.inTab = true
}

// indented begins a tab whose contents are indented.
func (t *tabs) indented(i int, label string, indent int) {
	for t.attentive() && t.open[len(t.open)-1].indent > indent {
		t.endGroup(i)
	}
	if len(t.open) == 0 || t.open[len(t.open)-1].indent != indent {
		t.open = append(t.open, &tabGroup{indent: indent})
	}
	t.endTab(i)
	g := t.open[len(t.open)-1]
	g.list = append(g.list, tab{label, lineRange{i, i + 1}})
	g.inTab = true
}

// other reads a line that is of no tab: it can end groups that nothing else ends.
func (t *tabs) other(i int, text string, indent int) {
	if text == "" {
		return
	}
	for t.attentive() {
		g := t.open[len(t.open)-1]
		if g.indent >= 0 && indent > g.indent || g.indent < 0 && g.inTab {
			return
		}
		t.endGroup(i)
	}
}

func (t *tabs) endTab(i int) {
	if len(t.open) == 0 {
		return
	}
	g := t.open[len(t.open)-1]
	if g.inTab {
		g.list[len(g.list)-1].lines.to = i
		g.inTab = false
	}
}

func (t *tabs) endGroup(i int) {
	if len(t.open) == 0 {
		return
	}
	t.endTab(i)
	g := t.open[len(t.open)-1]
	t.open = t.open[:len(t.open)-1]
	if len(g.list) < 2 {
		return
	}
	best := slices.MaxFunc(g.list, func(a, b tab) int { return cmp.Compare(suits(a.label), suits(b.label)) })
	for _, one := range g.list {
		if one.lines != best.lines {
			t.hidden = append(t.hidden, one.lines)
		}
	}
}

// finish ends what is still open, and puts the ranges in order.
func (t *tabs) finish(i int) {
	for len(t.open) > 0 {
		t.endGroup(i)
	}
	slices.SortFunc(t.hidden, func(a, b lineRange) int { return cmp.Compare(a.from, b.from) })
	merged := t.hidden[:0]
	for _, r := range t.hidden {
		if n := len(merged); n > 0 && r.from < merged[n-1].to {
			merged[n-1].to = max(merged[n-1].to, r.to)
			continue
		}
		merged = append(merged, r)
	}
	t.hidden = merged
}

// hides says that a line of the file is in a tab that is not followed.
func (t *tabs) hides(number int) bool {
	i, found := slices.BinarySearchFunc(t.hidden, number-t.first, func(r lineRange, line int) int { return cmp.Compare(r.from, line) })
	return found || i > 0 && number-t.first < t.hidden[i-1].to
}

// suits says how well the label of a tab suits a reader with bash, Helm 3 and kubectl. The first of equals is followed.
func suits(label string) int {
	label = strings.ToLower(label)
	for _, kind := range []struct {
		points int
		words  []string
	}{
		{3, []string{"linux"}},
		{-2, []string{"windows", "powershell", "pwsh", "cmd", "helm 2", "helm v2", "helm2"}},
		{2, []string{"bash", "helm 3", "helm v3", "helm3", "unix", "ubuntu", "debian", "amd64", "x86"}},
		{1, []string{"helm", "kubectl", "kubernetes", "shell", "cli", "terminal", "command"}},
		{-1, []string{"macos", "mac os", "darwin", "brew", "fish", "openshift", "output", "console output", "arm"}},
	} {
		if slices.ContainsFunc(kind.words, func(word string) bool { return strings.Contains(label, word) }) {
			return kind.points
		}
	}
	return 0
}
