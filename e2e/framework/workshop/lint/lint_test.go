package lint_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"seatrial/e2e/framework/workshop"
	"seatrial/e2e/framework/workshop/lint"
)

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		lines []string
		want  []string
	}{
		"a mistyped transcript": {
			[]string{
				"```sh", "helm list -n helm-demo", "```", "", "# Pods", "", "```sh", "kubectl get pods --namespace helm-demo", "```", "",
				"```", "$ kubectl get pods --namespace helm-dem", "NAME", "```",
			},
			[]string{`x.md:12: this is the command of line 8, but has "helm-dem" where that has "helm-demo"`},
		},
		"a mistyped command, further away": {
			[]string{
				"```", "$ helm list -n helm-demo", "NAME", "$ helm env", "A=b", "$ helm list -n helm-demo", "NAME",
				"$ helm list -n helm-dmeo", "NAME", "```",
			},
			[]string{`x.md:8: "helm-dmeo" is nowhere else in the document; line 2 has "helm-demo"`},
		},
		"a quote that is not closed": {
			[]string{"```", "$ echo don't", "x", "```"},
			[]string{"x.md:2: the command does not end: a quote, a here-document or a loop is not closed"},
		},
		"numbers and plurals are no mistakes": {
			[]string{
				"```", "$ helm rollback demo 1", "x", "$ helm rollback demo 2", "x", "$ kubectl get pods", "x", "$ kubectl get pods", "x",
				"$ kubectl get pod", "x", "$ helm status demo-1", "x", "$ helm status demo-2", "x", "$ helm status demo-1", "x", "```",
			},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := workshop.Parse("x.md", []byte(strings.Join(c.lines, "\n")))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range lint.Check(doc) {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
