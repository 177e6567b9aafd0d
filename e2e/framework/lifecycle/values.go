package lifecycle

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"seatrial/e2e/framework/helm"
)

// Values choose a variant of the chart; demo/values.yaml says what they do.
type Values struct {
	A, Key, B, Fixed, Kept string
	// Hook is empty, [Before] or [After].
	Hook string
	// Trouble is empty, [Early], [Late] or [InHook].
	Trouble string
}

const (
	// Before lets a hook run before each operation.
	Before = "pre"
	// After lets it run after each operation.
	After = "post"

	// Early is an object that is refused, and that Helm makes before all others.
	Early = "early"
	// Late is one that Helm makes after all others.
	Late = "late"
	// InHook makes the hook one that is refused, if there is a hook.
	InHook = "hook"
)

// named are all values with their names in the chart.
func (v *Values) named() []struct {
	name  string
	value *string
} {
	return []struct {
		name  string
		value *string
	}{
		{"a", &v.A}, {"key", &v.Key}, {"b", &v.B}, {"fixed", &v.Fixed}, {"kept", &v.Kept}, {"hook", &v.Hook}, {"trouble", &v.Trouble},
	}
}

// Flag is what follows --set-string of the helm command, such as "a=1,hook=pre"; empty if there are no values.
func (v Values) Flag() string {
	var set []string
	for _, one := range v.named() {
		if *one.value != "" {
			set = append(set, one.name+"="+*one.value)
		}
	}
	return strings.Join(set, ",")
}

// Helm are the values as an operation takes them.
func (v Values) Helm() helm.Values {
	all := helm.Values{}
	for _, one := range v.named() {
		if *one.value != "" {
			all[one.name] = *one.value
		}
	}
	return all
}

// Recorded reads the values that are recorded of a revision.
func Recorded(of helm.Values) (Values, error) {
	var v Values
	known := 0
	for _, one := range v.named() {
		value, set := of[one.name]
		if !set {
			continue
		}
		text, ok := value.(string)
		if !ok {
			return v, fmt.Errorf("value %q is %v, which is no string", one.name, value)
		}
		*one.value = text
		known++
	}
	if known != len(of) {
		return v, fmt.Errorf("there are values that the chart does not have among %v", of)
	}
	return v, nil
}

//go:embed demo
var demo embed.FS

// WriteChart writes the chart into a folder of its own in dir, and returns the path of that.
func WriteChart(dir string) (string, error) {
	path := filepath.Join(dir, "demo")
	files, err := fs.Sub(demo, "demo")
	if err != nil {
		return "", fmt.Errorf("writing the chart of the model: %w", err)
	}
	if err := os.RemoveAll(path); err != nil {
		return "", fmt.Errorf("writing the chart of the model: %w", err)
	}
	if err := os.CopyFS(path, files); err != nil {
		return "", fmt.Errorf("writing the chart of the model: %w", err)
	}
	return path, nil
}
