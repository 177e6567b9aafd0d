package report

import (
	"bytes"
	"testing"
)

func FuzzParseJSON(f *testing.F) {
	whole, err := JSON(Run{Version: Version})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"version": "` + Version + `", "documents": [{"steps": [{}]}]}`))
	f.Add([]byte(`{"version": 1}`))
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, content []byte) {
		run, err := ParseJSON(content)
		if err != nil {
			return
		}
		// What can be read can be written, and is the same then, in every format.
		first, err := JSON(run)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := ParseJSON(first)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		second, err := JSON(again)
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("written once it is\n%s\nand twice\n%s (%v)", first, second, err)
		}
	})
}
