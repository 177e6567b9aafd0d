package choices

import (
	"strings"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "provider: embedded\nparallel: 3\n", "report: [html=a.html, junit=b.xml]\n", "provider: &a [*a]\n", "timeout: 1h\ntimeout: 2h\n",
		"provider: null\n", "- a\n", "a: !!binary x\n", "\x00", "<<: {provider: kind}\n", "? [a]\n: b\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		all, err := parse(File, content)
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				if first := strings.HasPrefix(err.Error(), line); first && !strings.HasPrefix(line, File+":") {
					t.Errorf("it does not say where: %q", line)
				}
			}
			return
		}
		// What is chosen is a choice, and says where it comes from.
		for name, one := range all {
			if !strings.HasPrefix(one.where, File+":") || !strings.Contains(one.where, name) {
				t.Errorf("%q comes from %q", name, one.where)
			}
		}
	})
}
