package workshop

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	nethtml "golang.org/x/net/html"
	"pgregory.net/rapid"
)

// rendered is a document for people, with the number of each step in its place.
func rendered(t interface{ Fatal(args ...any) }, doc *Document) string {
	passages, err := doc.Passages()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	places := map[int]int{}
	for _, passage := range passages {
		out.WriteString(passage.HTML)
		if passage.Step >= 0 {
			out.WriteString("<hr>")
			places[passage.Step]++
		}
	}
	for i := range doc.Steps {
		if places[i] != 1 {
			t.Fatal("step", i, "of", doc.Path, "stands in", places[i], "places")
		}
	}
	root, err := nethtml.Parse(strings.NewReader(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	for node := range root.Descendants() {
		switch node.Data {
		case "img", "script", "iframe", "style", "link", "object":
			if node.Type == nethtml.ElementNode {
				t.Fatal(doc.Path, "brings an element of its own:", node.Data)
			}
		}
	}
	return out.String()
}

func TestEveryStepOfEveryDocumentHasItsPlace(t *testing.T) {
	files, err := filepath.Glob("testdata/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	for _, file := range files {
		doc, err := Load(file)
		if err != nil {
			t.Fatal(err)
		}
		rendered(t, doc)
	}
}

func TestADocumentIsRenderedWithItsStepsInTheirPlaces(t *testing.T) {
	doc, err := Parse("a.md", []byte(strings.Join([]string{
		"# Roll back", "", "1. Look at the *history*, see [the docs](https://example.com/a?b=c&d), [here](../b.md) and ![a picture](http://example.com/x.png).", "",
		"    ```console", "    $ helm history web", "    REVISION", "    1", "    ```", "",
		"1. Roll back:", "", "    ```console", "    helm rollback web 1", "    ```", "", "    ```console", "    $ helm rollback web 1", "    Rollback was a success! Happy Helming!", "    ```", "",
		"```yaml", "kind: <Service>", "```", "", "<script>alert(1)</script>", "",
	}, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	const want = `<h1>Roll back</h1>
<ol>
<li>
<p>Look at the <em>history</em>, see <a rel="noreferrer" href="https://example.com/a?b=c&amp;d">the docs</a>, here and [picture: a picture].</p>
<hr></li>
<li>
<p>Roll back:</p>
<hr></li>
</ol>
<pre><code>kind: &lt;Service&gt;
</code></pre>
<!-- raw HTML omitted -->
`
	if got := rendered(t, doc); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestADocumentThatNobodyReadsAsAPageIsNotRendered(t *testing.T) {
	doc, err := Parse("a.md", []byte("```console\n$ helm list\n```\n"+strings.Repeat("word ", longestProse/5)))
	if err != nil {
		t.Fatal(err)
	}
	if passages, err := doc.Passages(); err != nil || passages != nil {
		t.Errorf("got %d passages, %v", len(passages), err)
	}
}

func TestWhateverADocumentContainsEveryStepHasOnePlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(rapid.SampledFrom([]string{
			"# A", "- a", "1. b", "    ```console", "```", "```sh", "$ helm list", "    $ helm list", "helm rollback web 1", "NAME  REVISION", "> q", "", "<b>", "seatrial-step-0-1;", "| a | b |", "| - | - |", "text `code`",
			"<!-- seatrial: skip=\"no\" -->", "~~~", "\t$ kubectl get pods", "cat <<EOF", "EOF", "--- ", "![x](y)", "[a](javascript:alert)",
		})).Draw(t, "lines")
		doc, err := Parse("a.md", []byte(strings.Join(lines, "\n")))
		if err != nil {
			return // A mistake in a hint.
		}
		rendered(t, doc)
	})
}

func TestCalloutsAndTabsOfSiteGeneratorsAreRenderedAsPeopleReadThem(t *testing.T) {
	doc, err := Parse("a.md", []byte(strings.Join([]string{
		"!!! note \"Before you start\"", "    You need `helm`,", "    and this:", "", "    ```bash", "    $ helm version --short", "    v3", "    ```", "",
		"    More of it.", "", "=== \"Linux\"", "", "    ```console", "    $ helm list", "    ```", "",
		"=== \"Windows\"", "", "    ```powershell", "    PS C:\\> helm list", "      ::: kept", "    ```", "", ":::tip", "Keep it.", ":::", "", "After.", "",
	}, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	const want = `<p><strong>Before you start</strong><br>
You need <code>helm</code>,
and this:</p>
<hr><p>More of it.</p>
<p><strong>Linux</strong></p>
<hr><p><strong>Windows</strong></p>
<pre><code>PS C:\&gt; helm list
  ::: kept
</code></pre>
<p><em>tip</em>
Keep it.</p>
<p>After.</p>
`
	blanks := regexp.MustCompile(`[ \t]+\n`)
	if got := blanks.ReplaceAllString(rendered(t, doc), "\n"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestEachLineKeepsItsLengthWithoutMarks(t *testing.T) {
	line := rapid.OneOf(rapid.String(), rapid.StringMatching("( {0,9})(!!! note( \"é?\")?|=== \"a\"|:{3,4}( ?tip( b)?)?|```(sh)?|~~~|text|)"))
	rapid.Check(t, func(t *rapid.T) {
		source := strings.Join(rapid.SliceOf(line).Draw(t, "lines"), "\n")
		before, after := strings.SplitAfter(source, "\n"), strings.SplitAfter(withoutMarks(source), "\n")
		if len(before) != len(after) {
			t.Fatalf("%d lines became %d", len(before), len(after))
		}
		for i := range before {
			if len(before[i]) != len(after[i]) {
				t.Fatalf("%q became %q", before[i], after[i])
			}
		}
	})
}
