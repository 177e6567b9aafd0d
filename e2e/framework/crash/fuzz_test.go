package crash

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"seatrial/e2e/framework/jsondoc"
)

func FuzzParse(f *testing.F) {
	kept, err := filepath.Glob("../../resilience/testdata/crashes/*.json")
	if err != nil || len(kept) == 0 {
		f.Fatalf("nothing is known of any version of Helm (%v)", err)
	}
	for _, file := range kept {
		content, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Add([]byte(`{"operations":[{"action":"upgrade","writes":null,"states":[{"points":[{"write":-1}],"done":1,"of":0},{"recoveries":[{"outcome":"none"}]}]}]}`))
	f.Add([]byte(`{"operations":[null]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		known, err := Parse(content)
		if err != nil {
			return
		}
		written, err := jsondoc.Write(known)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if again, err := Parse(written); err != nil || !reflect.DeepEqual(known, again) {
			t.Errorf("what was written is read as %+v (%v), not %+v", again, err, known)
		}
		// Held against itself, each state has a row.
		if rows := known.Against(known, "Crashes").Rows(); len(rows) != len(known.States()) {
			t.Errorf("%d rows for %d states", len(rows), len(known.States()))
		}
		for _, s := range known.Stuck() {
			if len(s.Recoveries) == 0 || len(s.Working()) > 0 {
				t.Errorf("it is not stuck: %+v", s)
			}
		}
	})
}
