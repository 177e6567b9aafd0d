package rules

import (
	encoding "encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/json"
)

// Parse reads rules strictly: what it does not know is an error, and the error names every place.
func Parse(text string) (*Rules, error) {
	document, err := toJSON(text)
	if err != nil {
		return nil, fmt.Errorf("reading the rules: %w", err)
	}
	all := &Rules{}
	unknown, err := json.UnmarshalStrict(document, all)
	if err != nil {
		return nil, fmt.Errorf("reading the rules: %w", err)
	}
	problems := slices.Concat(unknown, all.problems())
	if len(problems) > 0 {
		return nil, fmt.Errorf("reading the rules: %w", errors.Join(problems...))
	}
	return all, nil
}

// toJSON reads YAML of version 1.2, in which a label may be "y" or "on" without becoming true.
func toJSON(text string) ([]byte, error) {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	var document any
	err := decoder.Decode(&document)
	if errors.Is(err, io.EOF) || err == nil && document == nil {
		return []byte("{}"), nil
	}
	if err != nil {
		return nil, err
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one document")
	}
	written, err := encoding.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("a key is no text: %w", err)
	}
	return written, nil
}

// uses has the settings of each behaviour; message, logs and exec go with all of them.
func uses() map[Behaviour][]string {
	return map[Behaviour][]string{
		Works:       {},
		PullBackOff: {},
		CrashLoop:   {"after", "exitCode", "times"},
		NeverReady:  {},
		SlowStart:   {"after"},
		Evicted:     {"after", "times"},
		Fail:        {"after", "exitCode"},
		Succeed:     {"after"},
	}
}

func (all *Rules) problems() []error {
	var found []error
	for i, r := range all.Pods {
		for _, problem := range r.problems() {
			found = append(found, fmt.Errorf("pods[%d].%s", i, problem))
		}
	}
	return found
}

func (r *Rule) problems() []string {
	known, isKnown := uses()[r.Behave]
	if !isKnown {
		return []string{fmt.Sprintf("behave: %q is none of %s", r.Behave, strings.Join(behaviours(), ", "))}
	}
	var found []string
	for _, setting := range []struct {
		name string
		set  bool
	}{{"after", r.After != nil}, {"exitCode", r.ExitCode != nil}, {"times", r.Times != 0}} {
		if setting.set && !slices.Contains(known, setting.name) {
			found = append(found, fmt.Sprintf("%s: means nothing with behave %q", setting.name, r.Behave))
		}
	}
	if r.After != nil && r.After.Duration < 0 {
		found = append(found, "after: is less than nothing")
	}
	if r.ExitCode != nil && (*r.ExitCode < 0 || *r.ExitCode > 255) {
		found = append(found, fmt.Sprintf("exitCode: %d is not between 0 and 255", *r.ExitCode))
	}
	if r.Times < 0 {
		found = append(found, "times: is less than nothing")
	}
	return found
}

func behaviours() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(uses())) {
		if name != Works {
			names = append(names, string(name))
		}
	}
	return names
}
