package scenario_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"

	"seatrial/e2e/framework/scenario"
)

// ofChart has every key of its kind.
const ofChart = `title: A chart
kind: chart
chart: web
old: [web-0.1.0, "https://charts.example.org#web@~0.2"]
common: {password: secret}
revisions:
  - name: small
    values: {replicas: 1, list: [a, b]}
  - name: large
    files: [large.yaml]
    set: ["replicas=9"]
pairs: every
providers: [embedded]
requires: [volumes]
timeout: 2m
`

func TestAScenarioOfAChartIsRead(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	root := folder(t, map[string]string{"scenario.yaml": ofChart, "web/": "", "web-0.1.0/": "", "large.yaml": ""})

	got, err := scenario.Load(root)

	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(got.Source(got.Chart)).To(gomega.Equal(filepath.Join(root, "web")))
	g.Expect(got.Source(got.Old[1])).To(gomega.Equal("https://charts.example.org#web@~0.2"))
	want := []scenario.Revision{
		{Name: "small", Values: &scenario.Values{"replicas": 1, "list": []any{"a", "b"}}},
		{Name: "large", Files: []string{"large.yaml"}, Set: []string{"replicas=9"}},
	}
	g.Expect(cmp.Diff(want, got.Revisions)).To(gomega.BeEmpty())
	g.Expect(got.Pairs).To(gomega.Equal(scenario.Every))
	g.Expect(*got.Common).To(gomega.Equal(scenario.Values{"password": "secret"}))
}

func TestMistakesInAScenarioOfAChart(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, content, says string }{
		{"no chart", "title: A chart\nkind: chart\n", `scenario.yaml:1: the file needs the key "chart"`},
		{"neither kind", "title: Nothing\n", `scenario.yaml:1: the file needs the key "courses"`},
		{"another kind", "title: A chart\nkind: charts\nchart: web\n", `scenario.yaml:2: "kind" knows no "charts"; did you mean "chart"?`},
		{"keys of documents", "title: A chart\nkind: chart\nchart: web\nsetup: [make it so]\n", `scenario.yaml:4: key "setup" is not for scenarios of kind chart`},
		{"keys of charts", "title: Documents\ncourses: [{name: one, documents: [one.md]}]\npairs: every\n", `scenario.yaml:3: key "pairs" is not for scenarios of kind documents`},
		{"a name twice", "title: A chart\nkind: chart\nchart: web\nrevisions:\n  - name: a\n  - name: a\n", `scenario.yaml:6: two revisions are called "a"`},
		{"values that are none", "title: A chart\nkind: chart\nchart: web\nrevisions:\n  - name: a\n    values: [b]\n", `scenario.yaml:6: "revisions[0].values" wants keys and values, not a list`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := scenario.Parse("scenario.yaml", []byte(test.content))
			gomega.NewWithT(t).Expect(err).To(gomega.MatchError(test.says))
		})
	}
}

func TestChartsAndFilesThatAreNotThereAreNamed(t *testing.T) {
	t.Parallel()
	root := folder(t, map[string]string{"scenario.yaml": ofChart, "web-0.1.0/": ""})
	_, err := scenario.Load(root)
	g := gomega.NewWithT(t)
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`scenario.yaml:3: there is no chart "web"`)))
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring(`scenario.yaml:10: there is no file "large.yaml"`)))
}
