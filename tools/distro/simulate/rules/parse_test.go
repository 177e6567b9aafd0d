package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

const everything = `
loadBalancer: true
pods:
- match: {namespace: x, labels: {app: y}, image: "repo/name:*", container: name, nameGlob: "z-*"}
  behave: crashLoop
  after: 500ms
  exitCode: 0
  message: text
  times: 3
  logs: "one\ntwo\n"
  exec: ""
- behave: neverReady
`

func TestParse(t *testing.T) {
	t.Parallel()
	want := &Rules{LoadBalancer: true, Pods: []Rule{
		{
			Match:  Match{Namespace: "x", Labels: map[string]string{"app": "y"}, Image: "repo/name:*", Container: "name", NameGlob: "z-*"},
			Behave: CrashLoop, After: &metav1.Duration{Duration: 500 * time.Millisecond}, ExitCode: new(int32(0)),
			Message: "text", Times: 3, Logs: new("one\ntwo\n"), Exec: new(""),
		},
		{Behave: NeverReady},
	}}
	got, err := Parse(everything)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

func TestParseOfNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " \n", "# only a comment\n", "{}", "pods: []"} {
		got, err := Parse(text)
		if err != nil || got.LoadBalancer || len(got.Pods) != 0 {
			t.Errorf("rules in %q: got %+v, %v, want none", text, got, err)
		}
	}
}

func TestParseNamesEveryPlace(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"a key that is misspelt", "pods:\n- match: {imgae: x}\n  behave: fail", []string{`unknown field "pods[0].match.imgae"`}},
		{"a key in other letters", "LoadBalancer: true", []string{`unknown field "LoadBalancer"`}},
		{"a behaviour that is none", "pods:\n- behave: crash", []string{
			`pods[0].behave: "crash" is none of crashLoop, evicted, fail, neverReady, pullBackOff, slowStart, succeed`,
		}},
		{"settings that mean nothing", "pods:\n- behave: succeed\n- behave: neverReady\n  times: 2\n  exitCode: 1\n  after: 1s", []string{
			`pods[1].after: means nothing with behave "neverReady"`, `pods[1].exitCode`, `pods[1].times`,
		}},
		{"values out of range", "pods:\n- {behave: crashLoop, exitCode: 256, times: -1, after: -1s}", []string{
			"exitCode: 256 is not between 0 and 255", "times: is less than nothing", "after: is less than nothing",
		}},
		{"a time that is none", "pods:\n- {behave: slowStart, after: soon}", []string{`invalid duration "soon"`}},
		{"a wrong type", "loadBalancer: maybe", []string{"cannot unmarshal"}},
		{"a key twice", "pods: []\npods: []", []string{`line 2: mapping key "pods" already defined at line 1`}},
		{"no YAML", "pods: [", []string{"yaml"}},
		{"two documents", "pods: []\n---\npods: []", []string{"more than one document"}},
		{"a key that is no text", "pods:\n- match: {labels: {[1]: x}}", []string{"yaml"}},
		{"a list", "- behave: fail", []string{"cannot unmarshal"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(test.text)
			if err == nil {
				t.Fatal("want an error")
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("want %q in: %v", part, err)
				}
			}
		})
	}
}

// What can be read can be written, and says the same when it is read again.
func FuzzParse(f *testing.F) {
	f.Add(everything)
	f.Add("pods:\n- behave: crash")
	f.Add("pods: [{match: {labels: {1: 2}}}]")
	f.Add("&a {*a : x}")
	f.Add("pods:\n- {behave: slowStart, after: 1h}\n---\nx: 1")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := Parse(text)
		if err != nil {
			return
		}
		written, err := yaml.Marshal(first)
		if err != nil {
			t.Fatalf("writing what was read from %q: %v", text, err)
		}
		second, err := Parse(string(written))
		if err != nil {
			t.Fatalf("reading again %q: %v", written, err)
		}
		if diff := cmp.Diff(first, second, cmp.Transformer("written", func(r Rule) string { return r.ID() })); diff != "" {
			t.Errorf("read again (-first +second):\n%s", diff)
		}
	})
}
