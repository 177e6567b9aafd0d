package resilience

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"seatrial/e2e/framework/cluster"
	"seatrial/e2e/framework/helm"
	"seatrial/e2e/framework/match"
	outputs "seatrial/e2e/framework/match/hostile"
	"seatrial/e2e/framework/outcome"
	"seatrial/e2e/framework/report"
	"seatrial/e2e/framework/scenario"
	"seatrial/e2e/framework/stage"
	"seatrial/e2e/framework/workshop"
	documents "seatrial/e2e/framework/workshop/hostile"
)

const (
	inputsTimeout = 10 * time.Minute
	// inputLimit is what one input may take: far above what any does, and far below for ever.
	inputLimit = time.Minute
	// inputSize is how large documents and outputs are, in bytes.
	inputSize = 200_000
)

// input is something that nobody should write, but somebody may.
type input struct {
	name string
	// expected is a part of the error; empty if it is no error but has an end.
	expected string
	read     func(dir string) error
}

// Whatever is put in, an answer comes: no panic, no end of memory, nothing that goes on for ever.
var _ = Describe("Input that nobody should write", Label("inputs"), func() {
	It("is read, or refused by name, within its time", func(_ SpecContext) {
		table := outcome.New("inputs", "Input that nobody should write")
		for _, some := range [][]input{documentInputs(), outputInputs(), scenarioInputs(), valuesInputs(), chartInputs(), fileInputs()} {
			for _, one := range some {
				dir := filepath.Join(GinkgoT().TempDir(), "input")
				Expect(os.Mkdir(dir, 0o700)).To(Succeed())
				table.Add(one.row(dir))
			}
		}
		publish(table)
	}, NodeTimeout(inputsTimeout))
})

// row reads an input in a goroutine of its own, so that one without end is noticed.
func (in input) row(dir string) outcome.Row {
	row := outcome.Row{Done: in.name, Expected: fmt.Sprintf("read within %s", inputLimit)}
	if in.expected != "" {
		row.Expected = fmt.Sprintf("refused within %s, with %q", inputLimit, in.expected)
	}
	type answer struct {
		err   error
		panic string
	}
	done := make(chan answer, 1)
	start := time.Now()
	go func() {
		var a answer
		defer func() {
			if trouble := recover(); trouble != nil {
				a.panic = fmt.Sprintf("panic: %v\n%s", trouble, debug.Stack())
			}
			done <- a
		}()
		a.err = in.read(dir)
	}()
	timer := time.NewTimer(inputLimit)
	defer timer.Stop()
	select {
	case a := <-done:
		row.Happened, row.Held = in.judge(a.err, a.panic)
		row.Happened = strings.ReplaceAll(row.Happened, dir, "DIR")
		if took := time.Since(start); took > time.Second {
			row.Happened += fmt.Sprintf(", after %s", took.Round(time.Millisecond))
		}
	case <-timer.C:
		row.Happened = "no answer"
	}
	return row
}

func (in input) judge(err error, trouble string) (happened string, held bool) {
	const brief = 300
	switch {
	case trouble != "":
		return trouble, false
	case err == nil:
		return "read", in.expected == ""
	case len(err.Error()) > brief:
		return fmt.Sprintf("%s … (%d bytes)", err.Error()[:brief], len(err.Error())), strings.Contains(err.Error(), in.expected)
	default:
		return err.Error(), strings.Contains(err.Error(), in.expected)
	}
}

// documentInputs are documents that are hard to read.
func documentInputs() []input {
	var all []input
	for _, name := range documents.Names() {
		all = append(all, input{name: "document: " + name, read: func(string) error {
			_, err := workshop.Parse("hostile.md", documents.Document(name, inputSize))
			return expectedOf(err)
		}})
	}
	return append(all,
		input{"document: more than is read", "split the document", func(string) error {
			_, err := workshop.Parse("hostile.md", []byte(strings.Repeat("- a\n", 300_000)))
			return err
		}},
		input{"document: a folder", "hostile", func(dir string) error {
			_, err := workshop.Load(dir)
			return fmt.Errorf("hostile: %w", err)
		}},
	)
}

// expectedOf takes an error for an answer: some of the documents have mistakes, and are refused with a line.
func expectedOf(err error) error {
	if err != nil && strings.Contains(err.Error(), "hostile.md:") {
		return nil
	}
	return err
}

// outputInputs are recorded outputs that are hard to compare.
func outputInputs() []input {
	var all []input
	for name, side := range outputs.Inputs() {
		all = append(all, input{name: "output: " + name, read: func(string) error {
			want, got := side(outputs.Want, inputSize/10), side(outputs.Got, inputSize/10)
			for _, command := range outputs.Commands() {
				match.Compare(want, got, match.Options{Command: command})
				match.Lint(want, match.Options{Command: command})
			}
			return nil
		}})
	}
	return append(all, input{"output: bytes that are no text", "", func(string) error {
		match.Compare("\x00\xff\x1b[31mNAME\x00", strings.Repeat("\xff\x00\r\x1b]0;title\x07", 10_000), match.Options{Command: "kubectl get pods"})
		return nil
	}})
}

// bomb is YAML of a few hundred bytes that has thousands of millions of elements.
func bomb() string {
	text := "a0: &a0 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
	for i := 1; i < 12; i++ {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	return text
}

func deep(open, end string, depth int) string {
	return strings.Repeat(open, depth) + "x" + strings.Repeat(end, depth)
}

func scenarioInputs() []input {
	parse := func(text string) func(string) error {
		return func(string) error {
			_, err := scenario.Parse("scenario.yaml", []byte(text))
			return err
		}
	}
	return []input{
		{"scenario: empty", "scenario.yaml", parse("")},
		{"scenario: references without end", "scenario.yaml", parse(bomb())},
		{"scenario: a reference to itself", "scenario.yaml", parse("title: &a [*a]\n")},
		{"scenario: ten thousand lists deep", "scenario.yaml", parse("title: " + deep("[", "]", 10_000) + "\n")},
		{"scenario: bytes that are no text", "scenario.yaml", parse("title: \x00\xff\xfe\n")},
		{"scenario: an unknown key", "scenario.yaml:2", parse("title: a\nrun: rm -rf /\n")},
		{"scenario: a megabyte of keys", "scenario.yaml", parse(strings.Repeat("k: 1\n", 200_000))},
	}
}

func valuesInputs() []input {
	read := func(text string) func(string) error {
		return func(dir string) error {
			path := filepath.Join(dir, "values.yaml")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				return err
			}
			_, err := helm.ReadValues(path)
			return err
		}
	}
	set := func(text string) func(string) error {
		return func(string) error {
			_, err := helm.ParseSet(text)
			return err
		}
	}
	return []input{
		{"values: references without end", "values.yaml", read(bomb())},
		{"values: a reference to itself", "values.yaml", read("a: &a [*a]\n")},
		{"values: ten thousand maps deep", "", read(deep("{a: ", "}", 10_000))},
		{"values: a key twice", "values.yaml:2", read("a: 1\na: 2\n")},
		{"values: a list", "values are a map", read("- a\n")},
		{"values: bytes that are no text", "values.yaml", read("a: \x00\xff\n")},
		{"--set: an index of a thousand million", "parsing value assignment", set("a[1000000000]=1")},
		{"--set: ten thousand names deep", "parsing value assignment", set(strings.Repeat("a.", 10_000) + "b=1")},
		{"--set: brackets that never close", "parsing value assignment", set(strings.Repeat("a[", 10_000))},
		{"--set: a list in a list in a list", "", set("a=" + deep("{", "}", 1_000))},
	}
}

func fileInputs() []input {
	kubeconfig := func(text string) func(string) error {
		return func(dir string) error {
			path := filepath.Join(dir, "kubeconfig")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				return err
			}
			if _, err := helm.New(helm.Options{Kubeconfig: path}); err != nil {
				return err
			}
			_, err := cluster.LoadRESTConfig(path)
			return err
		}
	}
	const head = "apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n"
	return []input{
		{"kubeconfig: empty", "kubeconfig", kubeconfig("")},
		{"kubeconfig: references without end", "kubeconfig", kubeconfig(bomb())},
		{"kubeconfig: ten thousand lists deep", "kubeconfig", kubeconfig("clusters: " + deep("[", "]", 10_000))},
		{"kubeconfig: a certificate that is none", "kubeconfig", kubeconfig(head + "clusters: [{name: c, cluster: {server: 'https://x', certificate-authority-data: eA==}}]\nusers: [{name: u, user: {client-certificate-data: eA==, client-key-data: eA==}}]\n")},
		{"kubeconfig: an address that is none", "kubeconfig", kubeconfig(head + "clusters: [{name: c, cluster: {server: '::::'}}]\nusers: [{name: u, user: {}}]\n")},
		{"kubeconfig: bytes that are no text", "kubeconfig", kubeconfig("\x00\xff\xfe\x1f\x8b")},
		{"kubeconfig: credentials from a program, in a sandbox", "cannot run inside", func(dir string) error {
			path := filepath.Join(dir, "kubeconfig")
			text := head + "clusters: [{name: c, cluster: {server: 'https://x'}}]\nusers: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: login, interactiveMode: Never}}}]\n"
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				return err
			}
			_, _, err := stage.Confine(stage.Confinement{Kubeconfig: path, Home: dir, Bin: dir})
			return err
		}},
		{"report: a hundred thousand lists deep", "reading a report", func(string) error {
			_, err := report.ParseJSON([]byte(deep("[", "]", 100_000)))
			return err
		}},
		{"report: of another version", "reading a report: its version is", func(string) error {
			_, err := report.ParseJSON([]byte(`{"version": "seatrial.dev/report/v0"}`))
			return err
		}},
	}
}
