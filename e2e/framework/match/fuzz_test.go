package match

import (
	"fmt"
	"strings"
	"testing"
)

func FuzzCompare(f *testing.F) {
	for name, command := range right() {
		f.Add(file(f, name), file(f, name), command)
	}
	for command, pair := range harmlessTexts() {
		f.Add(pair[0], pair[1], command)
	}
	f.Fuzz(func(t *testing.T, want, got, command string) {
		for _, o := range []Options{
			{Command: command},
			{Command: command, AnyOrder: true},
			{Command: command, Exact: true},
			{Command: command, Memory: &Memory{}},
		} {
			if found := Compare(want, want, o); len(found) > 0 {
				t.Errorf("%q is not equal to itself: %v", want, found)
			}
			for _, found := range append(Compare(want, got, o), Lint(want, o)...) {
				if found.String() == "" || found.Line >= len(strings.Split(want, "\n")) {
					t.Errorf("line %d: %q", found.Line, found)
				}
			}
			Merge(want, got, o)
		}
		ReadOnly(command)
	})
}

// large makes two outputs of at least the size, so that everything that can differ does.
func large(size int, line func(i int, side string) string) (want, got string) {
	var w, g strings.Builder
	for i := 0; w.Len() < size; i++ {
		w.WriteString(line(i, "want") + "\n")
		g.WriteString(line(i, "got") + "\n")
	}
	return w.String(), g.String()
}

func largeInputs() map[string]func(i int, side string) string {
	const header = "NAME   READY   STATUS    RESTARTS   AGE"
	return map[string]func(i int, side string) string{
		"pods": func(i int, side string) string {
			if i == 0 {
				return header
			}
			hash, suffix := "586b4c847c", "tkfj5"
			if side == "got" {
				hash, suffix = "5fb44d67c9", "9bpxj"
			}
			return fmt.Sprintf("app-%d-%s-%s   1/1     Running   0          5m15s", i, hash, suffix)
		},
		"pods of one ReplicaSet in other states": func(i int, side string) string {
			if i == 0 {
				return header
			}
			return fmt.Sprintf("app-586b4c847c-%05d   1/1     %s%d   0          5m15s", i%100000, side, i)
		},
		"text that differs": func(i int, side string) string { return fmt.Sprintf("line %d of %s says this and that", i, side) },
		"dates":             func(int, string) string { return "Mon Feb 24 18:08:02 2020 2020-02-24 18:08:02.01 +0000 UTC" },
		"dots":              func(i int, side string) string { return fmt.Sprintf("%s %d\n...", side, i) },
		"dots in lines":     func(i int, side string) string { return fmt.Sprintf("a ... b ... %s %d ...", side, i) },
		"headers":           func(i int, side string) string { return fmt.Sprintf("NAME   READY%d   %s", i, strings.ToUpper(side)) },
		"one line":          func(int, string) string { return "a 10.1.1.1 b" },
		"braces":            func(int, string) string { return "{[" },
		"yaml":              func(i int, side string) string { return fmt.Sprintf("apiVersion: v%d\n- %s: 1", i, side) },
	}
}

const (
	megabyte     = 1 << 20
	tenMegabytes = 10 * megabyte
)

// Steps that are not linear have limits, beyond which these inputs are: none may be forgotten. How long ten times as
// much takes is for the benchmark.
func TestLargeOutputsAreCompared(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds for each kind of output")
	}
	for name, line := range largeInputs() {
		t.Run(name, func(t *testing.T) {
			want, got := large(megabyte, line)
			if name == "one line" {
				want, got = strings.ReplaceAll(want, "\n", " "), strings.ReplaceAll(got, "\n", " ")
			}
			t.Logf("%d findings", len(Compare(want, got, Options{Command: "kubectl get pods"})))
			t.Logf("%d findings", len(Compare(want, got, Options{})))
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	for name, line := range largeInputs() {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			want, got := large(tenMegabytes, line)
			b.SetBytes(int64(len(want)))
			for b.Loop() {
				Compare(want, got, Options{})
			}
		})
	}
}
