package helm

import (
	"errors"
	"fmt"
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

// ReadValues reads a YAML file of values. It is stricter than helm's --values: a key
// given twice and a second document, both of which Helm drops without a word, are
// errors.
func ReadValues(path string) (Values, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading values: %w", err)
	}
	values, err := parseValues(content)
	if err != nil {
		return nil, fmt.Errorf("reading values: %w", inFile(path, err))
	}
	return values, nil
}

// parseValues parses the one document of content that is not empty.
func parseValues(content []byte) (Values, error) {
	var values Values
	for _, document := range documents(string(content)) {
		var parsed any
		if err := yaml.UnmarshalStrict([]byte(document), &parsed); err != nil {
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

// documents splits a YAML stream. Each document is padded with empty lines to where it
// begins, so that the parser counts lines from the beginning of the stream.
func documents(stream string) []string {
	var (
		split    []string
		document strings.Builder
		number   int
	)
	for line := range strings.Lines(stream) {
		if rest, found := strings.CutPrefix(line, "---"); found && (rest == "" || strings.ContainsAny(rest[:1], " \t\r\n")) {
			split = append(split, document.String())
			document.Reset()
			document.WriteString(strings.Repeat("\n", number))
			line = rest
		}
		document.WriteString(line)
		number++
	}
	return append(split, document.String())
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
