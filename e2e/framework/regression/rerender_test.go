package regression

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"seatrial/e2e/framework/helm"
)

func TestWhatIsRenderedAnewAndWhatOfItIsAFault(t *testing.T) {
	t.Parallel()
	one := map[string]any{"kind": "any"}
	only := func(kind, hook string) []helm.Unstable {
		return []helm.Unstable{{Kind: kind, Name: "x-1", Hook: hook, First: one}, {Kind: kind, Name: "x-2", Hook: hook, Second: one}}
	}
	tests := []struct {
		name     string
		unstable []helm.Unstable
		want     []string
	}{
		{"a password", []helm.Unstable{{Kind: "Secret", Name: "s", Pointer: "/data/p", First: "a", Second: "b"}}, []string{"fault Secret/s data.p"}},
		{"a password in a hook", []helm.Unstable{{Kind: "Secret", Name: "s", Pointer: "/data/p", Hook: "pre-install", First: "a", Second: "b"}}, []string{"fault Secret/s data.p"}},
		{"the name of a test's pod", only("Pod", "test"), nil},
		{"the name of a hook's Job", only("Job", "post-upgrade"), nil},
		{"a field of a hook's Job", []helm.Unstable{{Kind: "Job", Name: "j", Pointer: "/metadata/annotations/at", Hook: "post-upgrade", First: "a", Second: "b"}}, nil},
		{"the name of a Job that runs at each upgrade", only("Job", ""), []string{"note Job/x-1 metadata.name"}},
		{"the name of a Secret", only("Secret", ""), []string{"fault Secret/x-1 "}},
		{"an object that comes only the second time", []helm.Unstable{{Kind: "Secret", Name: "s", Second: one}}, []string{"fault Secret/s "}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range rerendered(test.unstable, "demo") {
				weight := map[bool]string{true: "note", false: "fault"}[f.Note]
				got = append(got, fmt.Sprintf("%s %s %s", weight, f.Object, f.Field))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
