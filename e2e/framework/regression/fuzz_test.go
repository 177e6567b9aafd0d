package regression

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func FuzzParseValues(f *testing.F) {
	for _, seed := range []string{"defaults", "set:a.b=1,c=two", "{a: {b: 1}, c: two}", "{a: &a [*a]}", "{1: a}", "{a: .nan}", "{a: 1, a: 2}", "set:a[0]=1", "set:", "", "one.yaml", ","} {
		f.Add(seed)
	}
	dir := f.TempDir()
	if err := os.WriteFile(dir+"/one.yaml", []byte("a: 1\n"), 0o600); err != nil {
		f.Fatal(err)
	}
	f.Chdir(dir)
	f.Fuzz(func(t *testing.T, notation string) {
		if strings.Contains(notation, "/") {
			return // It is nobody's business what else is on this machine.
		}
		// Whatever is accepted has a name, and is something that can be recorded.
		named, err := ParseValues(notation)
		if err != nil {
			return
		}
		if named.Name == "" && !strings.Contains(notation, setPrefix) {
			t.Errorf("%q has no name", notation)
		}
		if _, err := json.Marshal(named.Values); err != nil {
			t.Errorf("%q cannot be recorded: %v", notation, err)
		}
	})
}
