package helm

import (
	"maps"
	"testing"

	"github.com/onsi/gomega"
)

func TestAChartWhoseTemplatesLookAtTheClusterAsksIt(t *testing.T) {
	t.Parallel()
	const plain = "a: {{ .Values.a }} # no look up, no capability"
	sub := func(content string) map[string][]byte {
		return map[string][]byte{"charts/db/Chart.yaml": metadata("db"), "charts/db/templates/_a.tpl": []byte(content)}
	}
	for name, test := range map[string]struct {
		files  map[string][]byte
		values Values
		want   bool
	}{
		"not at all":            {files: map[string][]byte{"templates/a.yaml": []byte(plain)}, values: Values{"a": "plain"}},
		"in its notes for us":   {files: map[string][]byte{"README.md": []byte("It asks .Capabilities and lookup.")}},
		"for kinds":             {files: map[string][]byte{"templates/a.yaml": []byte(`{{ .Capabilities.APIVersions.Has "a/v1" }}`)}, want: true},
		"for an object":         {files: map[string][]byte{"templates/_a.tpl": []byte(`{{ (lookup "v1" "Secret" "a" "b") }}`)}, want: true},
		"in a subchart":         {files: sub(`{{ $.Capabilities.KubeVersion.Minor }}`), want: true},
		"in a plain subchart":   {files: sub(plain)},
		"by the version":        {files: map[string][]byte{"Chart.yaml": append(metadata("web"), "kubeVersion: '>=1.20'\n"...)}, want: true},
		"in a value":            {values: Values{"a": map[string]any{"b": []any{`{{ lookup "v1" "Secret" "a" "b" }}`}}}, want: true},
		"in a value by default": {files: map[string][]byte{"values.yaml": []byte(`a: "{{ .Capabilities.KubeVersion }}"`)}, want: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string][]byte{"Chart.yaml": metadata("web"), "templates/b.yaml": []byte("b: 1")}
			maps.Copy(files, test.files)
			chart, err := Load(inFolder(t, files))
			g := gomega.NewWithT(t)
			g.Expect(err).ToNot(gomega.HaveOccurred())
			g.Expect(chart.Asks(test.values)).To(gomega.Equal(test.want))
		})
	}
}
