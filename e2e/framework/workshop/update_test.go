package workshop

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"pgregory.net/rapid"
)

// Replacing outputs by themselves changes nothing, down to the byte.
func TestUpdatingWithTheSameOutputsChangesNothing(t *testing.T) {
	for _, file := range corpus(t) {
		doc, content := read(t, file)
		outputs := map[int]string{}
		for i, s := range doc.Steps {
			if s.Expected != nil {
				outputs[i] = s.Expected.Text()
			}
		}
		got, err := doc.Update(outputs)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(content), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// Whatever is put into outputs, no byte outside of them changes, and a reader of the new document finds them there.
func TestUpdatingTouchesNothingElse(t *testing.T) {
	files := corpus(t)
	line := rapid.StringMatching(`NAME|  [a-z]{1,8}  [0-9]/[0-9]|[A-Z][a-z]+ [a-z]+\.|\tx|é|$`)
	rapid.Check(t, func(t *rapid.T) {
		file := rapid.SampledFrom(files).Draw(t, "file")
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := Parse(file, content)
		if err != nil {
			t.Fatal(err)
		}
		var shown []int
		for i, s := range doc.Steps {
			if s.Expected != nil {
				shown = append(shown, i)
			}
		}
		if len(shown) == 0 {
			t.Skip("the document shows no outputs")
		}
		step := rapid.SampledFrom(shown).Draw(t, "step")
		lines := rapid.SliceOfN(line, 1, 12).Draw(t, "lines")
		text := "First line\n" + strings.Join(lines, "\n") + "\nLast line"
		got, err := doc.Update(map[int]string{step: text})
		if err != nil {
			if len(doc.Steps[step].Shortened) > 0 || strings.Contains(err.Error(), "cannot stand") && cutShort(doc.Steps[step].Expected) {
				return
			}
			t.Fatalf("%s: %v", file, err)
		}
		again, err := Parse(file, got)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(text, again.Steps[step].Expected.Text()); diff != "" {
			t.Fatalf("output (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(without(doc, step), without(again, step)); diff != "" {
			t.Fatalf("%s outside of the output (-want +got):\n%s", file, diff)
		}
	})
}

// without is a document without the lines that show the output of a step.
func without(doc *Document, step int) string {
	gone := map[int]bool{}
	lines := doc.Steps[step].Expected.Lines
	for n := lines[0].Number; n <= lines[len(lines)-1].Number; n++ {
		gone[n] = true
	}
	var out strings.Builder
	number := 0
	for l := range strings.SplitAfterSeq(doc.source, "\n") {
		number++
		if !gone[number] {
			out.WriteString(l)
		}
	}
	return out.String()
}

func TestUpdate(t *testing.T) {
	for name, c := range map[string]struct{ document, output, want string }{
		"more lines in a list": {
			"1. x\n\n   ```\n   $ a\n   NAME\n   ```\n", "NAME\n\nx", "1. x\n\n   ```\n   $ a\n   NAME\n\n   x\n   ```\n",
		},
		"more lines in a quote": {
			"> ```\n> $ a\n> NAME\n> ```\n", "NAME\n\nx", "> ```\n> $ a\n> NAME\n>\n> x\n> ```\n",
		},
		"a first line in a quote": {
			"> ```\n> $ a\n> NAME\n> ```\n", "x\nNAME", "> ```\n> $ a\n> x\n> NAME\n> ```\n",
		},
		"fewer lines":            {"```\n$ a\n1\n2\n3\n```\n", "1\n3", "```\n$ a\n1\n3\n```\n"},
		"in Windows":             {"```\r\n$ a\r\n1\r\n```\r\n", "2\n3", "```\r\n$ a\r\n2\r\n3\r\n```\r\n"},
		"at the end of the file": {"    $ a\n    1", "2\n3", "    $ a\n    2\n    3"},
		"indented by a tab":      {"-\tx\n\n\t\t$ a\n\t\t1\n", "2\n 3", "-\tx\n\n\t\t$ a\n\t\t2\n\t\t 3\n"},
		"an output in a list item of its own": {
			"```\n$ a\n```\n\n-     NAME  X\n", "NAME  Y\nz", "```\n$ a\n```\n\n-     NAME  Y\n      z\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := Parse("x.md", []byte(c.document))
			if err != nil {
				t.Fatal(err)
			}
			got, err := doc.Update(map[int]string{0: c.output})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("document (-want +got):\n%s", diff)
			}
		})
	}
}

// An output that would end its block, or be taken for a command, is refused.
func TestUpdateRefusesWhatCannotStand(t *testing.T) {
	g := gomega.NewWithT(t)
	doc, err := Parse("x.md", []byte("```\n$ helm list\nNAME\n```\n\n```sh\ntrue\n```\n"))
	g.Expect(err).NotTo(gomega.HaveOccurred())
	for _, output := range []string{"a\n```\nb", "a\n$ helm uninstall x\nb"} {
		_, err = doc.Update(map[int]string{0: output})
		g.Expect(err).To(gomega.HaveOccurred(), output)
	}
	_, err = doc.Update(map[int]string{1: "x"})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("shows no output")))
	_, err = doc.Update(map[int]string{7: "x"})
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("shows no output")))
}

// FuzzParse holds, for any document, what the other code relies on: steps and outputs are where they say.
func FuzzParse(f *testing.F) {
	for _, file := range corpus(f) {
		content, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	for _, s := range []string{"", "\xef\xbb\xbf", "---\na: b", "- \t```\n\t$ a", "> - > ```\n$", "#\n=\n", "<!--seatrial:skip='", "```\n$ a <<\"\n", "\r\n\r", "    $ a\\\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		doc, err := Parse("x.md", content)
		if doc == nil {
			t.Fatal("no document")
		}
		outputs := map[int]string{}
		for i := range doc.Steps {
			s := &doc.Steps[i]
			if s.Command == "" || s.Line < 1 || s.Span.Start < 0 || s.Span.End > len(content) || s.Span.Start >= s.Span.End {
				t.Errorf("step %+v is nowhere", s)
			}
			if s.Expected == nil {
				continue
			}
			outputs[i] = s.Expected.Text()
			for _, l := range s.Expected.Lines {
				if !strings.HasSuffix(l.Text, unseen.Replace(string(content[l.Span.Start:l.Span.End]))) {
					t.Errorf("line %d is %q, but there is %q", l.Number, l.Text, content[l.Span.Start:l.Span.End])
				}
			}
		}
		if err != nil {
			return
		}
		same, err := doc.Update(outputs)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(same, content) {
			t.Errorf("the same outputs make another document: %q", same)
		}
	})
}

func corpus(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob("testdata/*.md")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no corpus: %v", err)
	}
	return files
}

func read(tb testing.TB, file string) (doc *Document, content []byte) {
	tb.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	doc, err = Parse(file, content)
	if err != nil {
		tb.Fatal(err)
	}
	return doc, content
}
