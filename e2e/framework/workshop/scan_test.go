package workshop

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhereCommandsEnd(t *testing.T) {
	for command, want := range map[string]bool{
		"helm list":                         true,
		"helm list \\":                      false,
		"helm list \\\n -n x":               true,
		"helm list # don't":                 true,
		"echo a#'":                          false,
		"echo 'a\nb'":                       true,
		"echo \"a":                          false,
		"echo \"$(helm list \"":             false,
		"echo \"$(helm list \"x\")\"":       true,
		"echo ${x#'a'}":                     true,
		"echo `date":                        false,
		"echo $'it\\'s'":                    true,
		"a |\nb":                            true,
		"a &&":                              false,
		"a ||":                              false,
		"a &":                               true,
		"cat <<EOF":                         false,
		"cat <<EOF\nit's\nEOF":              true,
		"cat <<-'EOF' >x\n\ta\n\tEOF":       true,
		"cat <<A <<B\na\nA":                 false,
		"cat <<A <<B\na\nA\nB":              true,
		"cat <<<EOF":                        true,
		"echo $((1<<2))":                    true,
		"((i<<3))":                          true,
		"for i in 1; do":                    false,
		"for i in 1; do\necho fi\ndone":     true,
		"echo for if while":                 true,
		"if a; then b; fi":                  true,
		"case $x in\na) b;;\n(c) d;;\nesac": true,
		"f() {":                             false,
		"f() {\n a\n}":                      true,
		"(cd a\nb)":                         true,
		"echo } done":                       true,
		"kubectl get -o jsonpath='{.a[0]}'": true,
	} {
		var s scanner
		for line := range strings.SplitSeq(command, "\n") {
			s.line(line)
		}
		if s.complete() != want {
			t.Errorf("%q: complete is %v, stack %q", command, s.complete(), s.stack)
		}
	}
}

func TestWords(t *testing.T) {
	for command, want := range map[string][]string{
		"":                        nil,
		"helm  list\t-n x":        {"helm", "list", "-n", "x"},
		`a "b c" 'd e' f\ g ""`:   {"a", "b c", "d e", "f g", ""},
		"a \\\n  b # comment\nc;": {"a", "b", ";", "c", ";"},
		"a|b>c&&d||e 2>&1":        {"a", "|", "b", ">", "c", "&&", "d", "||", "e", "2", ">", "&", "1"},
		`"a\"b\$c\d" 'x`:          {`a"b$c\d`, "x"},
		"--set=a=1 a#b":           {"--set=a=1", "a#b"},
	} {
		if diff := cmp.Diff(want, Words(command)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", command, diff)
		}
	}
}

func TestTypo(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"helm list -n helm-demo", "helm list --namespace=helm-dem", true},
		{"helm hsitory x", "helm history x", true},
		{"helm list", "helm list", false},
		{"helm rollback x 1", "helm rollback x 2", false},
		{"helm list -n a", "helm list -n b", false},
		{"kubectl get pods", "kubectl get services", false},
		{"helm list -n helm-dem", "helm lits -n helm-demo", false},
		{"kubectl get po app1", "kubectl get po app2", false},
	} {
		if _, _, found := Typo(c.a, c.b); found != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, found)
		}
	}
}
