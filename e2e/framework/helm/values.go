package helm

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"

	"helm.sh/helm/v3/pkg/strvals"
	"sigs.k8s.io/yaml"
)

// Values are what a user gives a chart, in the shape of a values.yaml file.
type Values map[string]any

// ParseSet reads assignments in the syntax of `helm --set`, such as
// "redis.slaveEnabled=false,service.type=NodePort". Later ones win.
func ParseSet(sets ...string) (Values, error) {
	values := map[string]any{}
	for _, set := range sets {
		if err := strvals.ParseInto(set, values); err != nil {
			return nil, fmt.Errorf("parsing value assignment %q: %w", set, err)
		}
	}
	return values, nil
}

// maxValues bounds a file of values, in bytes: it is what Helm allows a chart's own.
const maxValues = 5 << 20

// ReadValues reads a YAML file of values. It is stricter than helm's --values: a key
// given twice and a second document, both of which Helm drops without a word, are
// errors, and so is a file of more than 5 MiB, as in a chart.
func ReadValues(path string) (Values, error) {
	content, err := readLimited(path, maxValues)
	if err != nil {
		return nil, fmt.Errorf("reading values: %w", err)
	}
	values, err := parseValues(content)
	if err != nil {
		return nil, fmt.Errorf("reading values: %w", inFile(path, err))
	}
	return values, nil
}

// readLimited reads a file, which may be one without end, up to a limit.
func readLimited(path string, limit int64) (content []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // It is only read.
	content, err = io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(content)) > limit {
		err = fmt.Errorf("%s has more than %d MiB", path, limit>>20)
	}
	return content, err
}

// parseValues parses the one document of content that is not empty.
func parseValues(content []byte) (Values, error) {
	var values Values
	for _, d := range documents(string(content)) {
		var parsed any
		if err := d.parse(func(text string) error { return yaml.UnmarshalStrict([]byte(text), &parsed) }); err != nil {
			return nil, err
		}
		switch typed := parsed.(type) {
		case nil:
			continue
		case map[string]any:
			if values != nil {
				return nil, errors.New("a second YAML document, where one is expected")
			}
			values = typed
		default:
			return nil, fmt.Errorf("values are a map, not: %v", typed)
		}
	}
	if values == nil { // An empty file, or one of comments only.
		values = Values{}
	}
	return values, nil
}

// document is one of a YAML stream.
type document struct {
	text   string
	before int // lines of the stream that come before it
}

// parse parses a document. The line in an error counts from the beginning of the stream: only then is all that comes
// before put in front of it, as empty lines.
func (d document) parse(text func(string) error) error {
	if text(d.text) == nil {
		return nil
	}
	return text(strings.Repeat("\n", d.before) + d.text)
}

// documents splits a YAML stream.
func documents(stream string) []document {
	var (
		split  []document
		text   strings.Builder
		before int
		number int
	)
	for line := range strings.Lines(stream) {
		if rest, found := strings.CutPrefix(line, "---"); found && (rest == "" || strings.ContainsAny(rest[:1], " \t\r\n")) {
			split = append(split, document{text.String(), before})
			text.Reset()
			before = number
			line = rest
		}
		text.WriteString(line)
		number++
	}
	return append(split, document{text.String(), before})
}

var lineNumber = regexp.MustCompile(`^(?:error converting YAML to JSON: )?yaml: (?:unmarshal errors:\s+)?line (\d+): `)

// inFile puts the file, and the line where the YAML parser tells it, in front of err.
func inFile(path string, err error) error {
	text := err.Error()
	if match := lineNumber.FindStringSubmatch(text); match != nil {
		return fmt.Errorf("%s:%s: %s", path, match[1], text[len(match[0]):])
	}
	return fmt.Errorf("%s: %w", path, err)
}

// Merge returns base with each of over laid upon it: maps are merged, anything else
// is replaced. Neither base nor over is changed, and the result shares nothing with
// them.
func Merge(base Values, over ...Values) Values {
	merged := base.clone()
	for _, layer := range over {
		lay(merged, layer.clone())
	}
	return merged
}

func lay(below, above map[string]any) {
	for key, value := range above {
		table, isTable := value.(map[string]any)
		under, isUnder := below[key].(map[string]any)
		if isTable && isUnder {
			lay(under, table)
			continue
		}
		below[key] = value
	}
}

// clone copies values deeply and turns every kind of map with string keys into
// map[string]any and every kind of slice into []any: Helm takes other ones, such as a
// Values inside of Values, for scalars and ignores what is in them.
func (v Values) clone() map[string]any {
	clone := make(map[string]any, len(v))
	for key, value := range v {
		clone[key] = cloneValue(value)
	}
	return clone
}

func cloneValue(value any) any {
	switch typed := value.(type) {
	case nil, string, bool, int, int64, float64:
		return typed
	}
	source := reflect.ValueOf(value)
	switch source.Kind() {
	case reflect.Map:
		if source.Type().Key().Kind() != reflect.String {
			return value
		}
		clone := make(map[string]any, source.Len())
		for key, element := range source.Seq2() {
			clone[key.String()] = cloneValue(element.Interface())
		}
		return clone
	case reflect.Slice, reflect.Array:
		clone := make([]any, source.Len())
		for i := range clone {
			clone[i] = cloneValue(source.Index(i).Interface())
		}
		return clone
	case reflect.Pointer:
		if source.IsNil() {
			return nil
		}
		return cloneValue(source.Elem().Interface())
	default:
		return value
	}
}
