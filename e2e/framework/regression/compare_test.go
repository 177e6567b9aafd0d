package regression

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"seatrial/e2e/framework/ledger"
	"seatrial/e2e/framework/objects"
)

// A Job with a time to live is there when a revision is looked at, or is gone already. One that the revision does not have
// is left over all the same.
func TestAJobWhoseTimeIsOverIsNobodysFault(t *testing.T) {
	t.Parallel()
	job := func(manifest map[string]any) []ledger.Object {
		return []ledger.Object{{
			Ref: objects.Ref{Group: "batch", Kind: "Job", Name: "web-blue"}, UID: "1", Manifest: manifest,
			Fields: map[string]any{"spec": map[string]any{"completions": int64(1)}},
		}}
	}
	mortal := map[string]any{"spec": map[string]any{"ttlSecondsAfterFinished": int64(0)}}
	lasting := map[string]any{"spec": map[string]any{"completions": int64(1)}}
	for _, test := range []struct {
		name      string
		then, now []ledger.Object
		want      []Word
	}{
		{"gone by now", job(mortal), nil, nil},
		{"gone by then, and there again", nil, job(mortal), nil},
		{"not of this revision", nil, job(nil), []Word{LeftOver}},
		{"one that should last, gone", job(lasting), nil, []Word{Missing}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := comparison{then: &state{ledger: ledger.Ledger{Objects: test.then}}, now: &state{ledger: ledger.Ledger{Objects: test.now}}}
			var words []Word
			for _, f := range c.findings() {
				words = append(words, f.Word)
			}
			if diff := cmp.Diff(test.want, words); diff != "" {
				t.Error(diff)
			}
		})
	}
}
