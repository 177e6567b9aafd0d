package scenario

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"seatrial/e2e/framework/nearest"
)

// decoder fills the Go types from YAML and refuses whatever they have no place for. It remembers where each value
// stood, for what is found out about it later.
type decoder struct {
	file     string
	lines    map[string]int // by the way to a value, as courses[0].documents[1]
	problems []*Error
}

// worded is a type that has only some words.
type worded interface{ Words() []string }

var (
	wordedType   = reflect.TypeFor[worded]()
	durationType = reflect.TypeFor[time.Duration]()
	valuesType   = reflect.TypeFor[Values]()
)

func parse(path string, content []byte) (*Scenario, *decoder, error) {
	d := &decoder{file: path, lines: map[string]int{}}
	s := &Scenario{Timeout: DefaultTimeout}
	var doc yaml.Node
	switch err := yaml.Unmarshal(content, &doc); {
	case err != nil:
		return nil, d, fmt.Errorf("%s: %w", path, err)
	case len(doc.Content) == 0:
		d.tell(1, "the file is empty: it needs a title, and courses or a chart")
	default:
		d.value(doc.Content[0], reflect.ValueOf(s).Elem(), "")
	}
	// What is said twice about the same mistake helps nobody.
	if len(d.problems) == 0 {
		s.validate(d)
	}
	err := d.err()
	return s, d, err
}

func (d *decoder) tell(line int, format string, args ...any) {
	d.problems = append(d.problems, &Error{d.file, line, fmt.Sprintf(format, args...)})
}

// at tells a problem of a value that was read before.
func (d *decoder) at(way, format string, args ...any) { d.tell(d.lines[way], format, args...) }

// mostProblems are told of a file: nobody reads more, and each further key would be held against all that are known.
const mostProblems = 100

func (d *decoder) enough() bool { return len(d.problems) >= mostProblems }

func (d *decoder) err() error {
	if d.enough() {
		d.tell(d.problems[len(d.problems)-1].Line, "%d problems are enough: nothing after this line was read", mostProblems)
	}
	slices.SortStableFunc(d.problems, func(a, b *Error) int { return cmp.Compare(a.Line, b.Line) })
	errs := make([]error, len(d.problems))
	for i, p := range d.problems {
		errs[i] = p
	}
	return errors.Join(errs...)
}

// value decodes a node into what the Go type asks for.
func (d *decoder) value(node *yaml.Node, into reflect.Value, way string) {
	if node.Kind == yaml.AliasNode {
		d.tell(node.Line, "%sis an alias: write the value itself", subject(way))
		return
	}
	d.lines[way] = node.Line
	switch {
	case into.Type() == durationType:
		d.duration(node, into, way)
	case into.Type() == valuesType:
		d.free(node, into, way)
	case into.Kind() == reflect.String:
		d.text(node, into, way)
	case into.Kind() == reflect.Pointer:
		fresh := reflect.New(into.Type().Elem())
		d.value(node, fresh.Elem(), way)
		into.Set(fresh)
	case into.Kind() == reflect.Slice:
		d.list(node, into, way)
	default:
		d.object(node, into, way)
	}
}

func (d *decoder) text(node *yaml.Node, into reflect.Value, way string) {
	if node.Kind != yaml.ScalarNode || node.Tag != "!!str" {
		d.tell(node.Line, "%swants a text, not %s", subject(way), described(node))
		return
	}
	into.SetString(node.Value)
	if !into.Type().Implements(wordedType) {
		return
	}
	word, ok := reflect.TypeAssert[worded](into)
	if ok && !slices.Contains(word.Words(), node.Value) {
		d.tell(node.Line, "%sknows no %q%s", subject(way), node.Value, meant(node.Value, word.Words()))
	}
}

func (d *decoder) duration(node *yaml.Node, into reflect.Value, way string) {
	length, err := time.ParseDuration(node.Value)
	if node.Kind != yaml.ScalarNode || err != nil || length <= 0 {
		d.tell(node.Line, "%swants a duration such as 90s or 10m, not %s", subject(way), described(node))
		return
	}
	into.SetInt(int64(length))
}

// free takes whatever keys and values there are.
func (d *decoder) free(node *yaml.Node, into reflect.Value, way string) {
	if node.Kind != yaml.MappingNode {
		d.tell(node.Line, "%swants keys and values, not %s", subject(way), described(node))
		return
	}
	values := map[string]any{}
	if err := node.Decode(&values); err != nil {
		d.tell(node.Line, "%sis no YAML that a chart could read: %s", subject(way), err)
		return
	}
	into.Set(reflect.ValueOf(Values(values)))
}

func (d *decoder) list(node *yaml.Node, into reflect.Value, way string) {
	if node.Kind != yaml.SequenceNode {
		d.tell(node.Line, "%swants a list, not %s", subject(way), described(node))
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(node.Content), len(node.Content)))
	for i, item := range node.Content {
		if d.enough() {
			return
		}
		d.value(item, into.Index(i), fmt.Sprintf("%s[%d]", way, i))
	}
}

func (d *decoder) object(node *yaml.Node, into reflect.Value, way string) {
	if node.Kind != yaml.MappingNode {
		d.tell(node.Line, "%swants keys and values, not %s", subject(way), described(node))
		return
	}
	known := keysOf(into.Type())
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content) && !d.enough(); i += 2 {
		word, value := node.Content[i], node.Content[i+1]
		at := slices.IndexFunc(known, func(k key) bool { return k.name == word.Value })
		switch {
		case at < 0:
			d.tell(word.Line, "unknown key %q%s", word.Value, meant(word.Value, names(known)))
		case seen[word.Value]:
			d.tell(word.Line, "key %q is given twice", word.Value)
		default:
			d.value(value, into.Field(known[at].field), strings.TrimPrefix(way+"."+word.Value, "."))
		}
		seen[word.Value] = true
	}
	if d.enough() {
		return
	}
	for _, k := range known {
		// A key that was meant for this one has been told of.
		if k.required && !seen[k.name] && !d.mistyped(node, known, k.name) {
			d.tell(node.Line, "%sneeds the key %q", subject(way), k.name)
		}
	}
}

// mistyped tells whether one of the unknown keys was meant to be this one.
func (d *decoder) mistyped(node *yaml.Node, known []key, name string) bool {
	for i := 0; i < len(node.Content); i += 2 {
		if word := node.Content[i].Value; word != name && nearest.Word(word, names(known)) == name {
			return true
		}
	}
	return false
}

// described is a value in few words.
func described(node *yaml.Node) string {
	switch {
	case node.Kind == yaml.MappingNode:
		return "keys and values"
	case node.Kind == yaml.SequenceNode:
		return "a list"
	case node.Tag == "!!null":
		return "nothing"
	case node.Tag == "!!str":
		return fmt.Sprintf("%q", node.Value)
	default:
		return node.Value + " without quotes"
	}
}

// subject begins a sentence about a value; one about the whole file has none.
func subject(way string) string {
	if way == "" {
		return "the file "
	}
	return fmt.Sprintf("%q ", way)
}

// meant is what to put after an error about a word.
func meant(word string, known []string) string {
	if n := nearest.Word(word, known); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return "; the known ones are " + strings.Join(known, ", ")
}
