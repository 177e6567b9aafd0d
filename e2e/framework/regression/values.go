package regression

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/mattn/go-runewidth"
	"sigs.k8s.io/yaml"

	"seatrial/e2e/framework/helm"
)

// Words of the notation for values, as [ParseValues] reads it.
const (
	// ChartDefaults are the chart's own values.
	ChartDefaults = "defaults"
	// setPrefix begins assignments as in helm's --set.
	setPrefix = "set:"
)

// NamedValues are values with a short name.
type NamedValues struct {
	Name string
	// Said is what they were given as, where that is too long for a name; empty otherwise.
	Said   string
	Values helm.Values
}

// ParseValues reads one notation of values:
//
//	defaults                 the chart's own
//	set:a.b=1,c=two          assignments, as in helm --set
//	{a: {b: 1}, c: two}      YAML in one line
//	one.yaml,two.yaml        files, each laid over those before it
//
// Files are looked for from the working directory.
func ParseValues(notation string) (NamedValues, error) {
	text := strings.TrimSpace(notation)
	switch {
	case text == "":
		return NamedValues{}, errors.New("reading values: there are none: write defaults for the chart's own")
	case text == ChartDefaults:
		return NamedValues{Name: ChartDefaults, Values: helm.Values{}}, nil
	case strings.HasPrefix(text, setPrefix):
		return parseSet(strings.TrimPrefix(text, setPrefix))
	case strings.HasPrefix(text, "{"):
		values := helm.Values{}
		if err := yaml.UnmarshalStrict([]byte(text), &values); err != nil {
			return NamedValues{}, fmt.Errorf("reading values %s: %w", text, err)
		}
		return called(text, values), nil
	default:
		return readFiles(strings.Split(text, ","))
	}
}

func parseSet(assignments string) (NamedValues, error) {
	values, err := helm.ParseSet(assignments)
	return called(assignments, values), err
}

// called names values by what was said, or by its beginning: the names of paths have those of two revisions in them.
func called(said string, values helm.Values) NamedValues {
	const longest = 40
	if runewidth.StringWidth(said) <= longest {
		return NamedValues{Name: said, Values: values}
	}
	name := runewidth.Truncate(said, longest, "…")
	if i := strings.LastIndex(name, ","); i > 0 {
		name = name[:i] + ",…"
	}
	return NamedValues{Name: name, Said: said, Values: values}
}

func readFiles(paths []string) (NamedValues, error) {
	merged := helm.Values{}
	var names []string
	for _, path := range paths {
		path = strings.TrimSpace(path)
		values, err := helm.ReadValues(path)
		if err != nil {
			return NamedValues{}, err
		}
		merged = helm.Merge(merged, values)
		names = append(names, shortName(path))
	}
	return NamedValues{Name: strings.Join(names, "+"), Values: merged}, nil
}

// shortName is what people call a file of values: lean for ci/lean-values.yaml.
func shortName(path string) string {
	base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if short := strings.TrimSuffix(base, "-values"); short != "" {
		return short
	}
	return base
}
