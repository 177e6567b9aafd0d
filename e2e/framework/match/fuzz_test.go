package match

import (
	"strings"
	"testing"
)

func FuzzCompare(f *testing.F) {
	for name, command := range right() {
		f.Add(file(f, name), file(f, name), command)
	}
	for command, pair := range harmlessTexts() {
		f.Add(pair[0], pair[1], command)
	}
	f.Fuzz(func(t *testing.T, want, got, command string) {
		for _, o := range []Options{
			{Command: command},
			{Command: command, AnyOrder: true},
			{Command: command, Exact: true},
			{Command: command, Memory: &Memory{}},
		} {
			if found := Compare(want, want, o); len(found) > 0 {
				t.Errorf("%q is not equal to itself: %v", want, found)
			}
			for _, found := range append(Compare(want, got, o), Lint(want, o)...) {
				if found.String() == "" || found.Line >= len(strings.Split(want, "\n")) {
					t.Errorf("line %d: %q", found.Line, found)
				}
			}
			Merge(want, got, o)
		}
		ReadOnly(command)
	})
}
