package ledger

import (
	"bytes"
	"testing"
)

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"namespace":"demo","objects":[{"kind":"Service","namespace":"demo","name":"web","uid":"1","fields":{"spec":{"ports":[{"name":"http","port":80}]}},` +
		`"manifest":{"spec":{}},"allocated":[{"field":"spec.clusterIP","pointer":"/spec/clusterIP","value":"10.0.0.1"}],"keys":{"/spec/*":["a"]}}]}`))
	f.Add([]byte(`{"objects":[{"kind":"Pod","stem":"web-","owner":{"kind":"ReplicaSet","name":"web"},"fields":null},{"kind":"Pod","stem":"web-","fields":{"a":1.5}}],"record":{}}`))
	f.Add([]byte(`{"objects":[{"managers":[{}],"fields":{"a":[[],[{}],null,1e400]},"keys":{"":[""],"/a":null}}],"absent":[{}]}`))
	f.Add([]byte(`[[`))
	f.Fuzz(func(t *testing.T, content []byte) {
		l, err := Parse(content)
		if err != nil {
			return
		}
		// What can be read can be written, and is the same then.
		first, err := l.JSON()
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := Parse(first)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		second, err := again.JSON()
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("written once it is\n%s\nand twice\n%s (%v)", first, second, err)
		}
		if found := Compare(l, again); len(found) > 0 {
			t.Errorf("it is not equal to itself: %v", found)
		}
		for _, d := range Drift(l) {
			if d.String() == "" {
				t.Errorf("a difference without words: %+v", d)
			}
		}
	})
}
